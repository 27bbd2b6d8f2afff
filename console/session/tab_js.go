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

// Set writes to sessionStorage. Where there is no room, it is as if nobody had.
func (Browser) Set(key, value string) {
	defer func() { _ = recover() }() // what JavaScript throws
	js.Global().Get("sessionStorage").Call("setItem", key, value)
}

// Remove removes from sessionStorage.
func (Browser) Remove(key string) { js.Global().Get("sessionStorage").Call("removeItem", key) }

// Keys returns the keys of sessionStorage that begin with the prefix.
func (Browser) Keys(prefix string) []string { return keys("sessionStorage", prefix) }

// keys returns the keys of a store of the browser that begin with the prefix.
func keys(storage, prefix string) (found []string) {
	store := js.Global().Get(storage)
	for i := range store.Length() {
		if key := store.Call("key", i).String(); strings.HasPrefix(key, prefix) {
			found = append(found, key)
		}
	}
	return found
}
