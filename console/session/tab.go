package session

import "net/url"

// Tab is the browser tab that a session lives in.
type Tab interface {
	Address() *url.URL     // in the address bar
	Origin() string        // such as https://keys.example
	Leave(address string)  // navigates; the program ends soon after
	Replace(path string)   // replaces the address within this origin, without loading it
	Get(key string) string // from sessionStorage; empty if there is none
	Set(key, value string)
	Remove(key string)
	Keys(prefix string) []string // of sessionStorage, with the prefix
}
