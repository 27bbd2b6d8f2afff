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
		return &url.URL{Path: "/"} // browsers accept addresses that url.Parse refuses, such as a stray %
	}
	return u
}

// Origin returns the scheme and host of the console.
func (Browser) Origin() string { return js.Global().Get("location").Get("origin").String() }

// Leave navigates to another address.
func (Browser) Leave(address string) { js.Global().Get("location").Call("assign", address) }

// SignIn leaves by the page's script signin.js.
func (Browser) SignIn(authorizationEndpoint, clientID, scope, back string) {
	config := map[string]any{"authorization_endpoint": authorizationEndpoint, "client_id": clientID, "scope": scope}
	js.Global().Call("arxkeysSignIn", config, back)
}

// Replace replaces the address without loading it.
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

// Set writes to sessionStorage. If the storage is full, it does nothing.
func (Browser) Set(key, value string) {
	defer func() { _ = recover() }() // a JavaScript exception is a panic in Go
	js.Global().Get("sessionStorage").Call("setItem", key, value)
}

// Remove removes from sessionStorage.
func (Browser) Remove(key string) { js.Global().Get("sessionStorage").Call("removeItem", key) }

// Keys returns the keys of sessionStorage that begin with the prefix.
func (Browser) Keys(prefix string) []string { return keys("sessionStorage", prefix) }

// keys returns the keys of a browser storage that begin with the prefix.
func keys(storage, prefix string) (found []string) {
	store := js.Global().Get(storage)
	for i := range store.Length() {
		if key := store.Call("key", i).String(); strings.HasPrefix(key, prefix) {
			found = append(found, key)
		}
	}
	return found
}
