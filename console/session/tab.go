package session

import "net/url"

// Tab is the browser tab that a session lives in.
type Tab interface {
	Address() *url.URL    // in the address bar
	Origin() string       // such as https://keys.example
	Leave(address string) // navigates; the program ends soon after
	// SignIn leaves for the provider by an authorization request (RFC 6749, section 4.1.1) with PKCE (RFC 7636), and
	// stores what arrive needs when the tab returns. The address back is within the console.
	SignIn(authorizationEndpoint, clientID, scope, back string)
	Replace(path string)   // replaces the address within this origin, without loading it
	Get(key string) string // from sessionStorage; empty if there is none
	Set(key, value string)
	Remove(key string)
	Keys(prefix string) []string // of sessionStorage, with the prefix
}
