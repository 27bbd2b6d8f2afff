//go:build js

package session

import (
	"net/url"
	"strings"
	"syscall/js"
)

// Browser is the tab that this program runs in.
type Browser struct{}

// Address returns what the address bar shows.
func (Browser) Address() *url.URL {
	u, err := url.Parse(js.Global().Get("location").Get("href").String())
	if err != nil {
		return &url.URL{Path: "/"} // such as a stray % in the path, which browsers accept
	}
	return u
}

// Origin returns the scheme and host of the console.
func (Browser) Origin() string { return js.Global().Get("location").Get("origin").String() }

// Leave goes to another address.
func (Browser) Leave(address string) { js.Global().Get("location").Call("assign", address) }

// Replace shows another address, and loads nothing.
func (Browser) Replace(path string) {
	js.Global().Get("history").Call("replaceState", nil, "", path)
}

// Get reads from sessionStorage.
func (Browser) Get(key string) string {
	v := js.Global().Get("sessionStorage").Call("getItem", key)
	if v.IsNull() {
		return ""
	}
	return v.String()
}

// Set writes to sessionStorage.
func (Browser) Set(key, value string) {
	js.Global().Get("sessionStorage").Call("setItem", key, value)
}

// Remove removes from sessionStorage.
func (Browser) Remove(key string) { js.Global().Get("sessionStorage").Call("removeItem", key) }

// RemoveAll removes from sessionStorage every key that begins with the prefix.
func (Browser) RemoveAll(prefix string) {
	store := js.Global().Get("sessionStorage")
	for i := store.Length() - 1; i >= 0; i-- { // from the end, because those after a removed one move up
		if key := store.Call("key", i).String(); strings.HasPrefix(key, prefix) {
			store.Call("removeItem", key)
		}
	}
}
