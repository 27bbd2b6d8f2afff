package session

import "net/url"

// Tab is the browser tab that a session lives in.
type Tab interface {
	Address() *url.URL     // what its address bar shows
	Origin() string        // such as https://keys.example
	Leave(address string)  // goes there; what runs here ends soon after
	Replace(path string)   // shows another address of this origin, and loads nothing
	Get(key string) string // from the tab's sessionStorage; empty where there is nothing
	Set(key, value string)
	Remove(key string)
	Keys(prefix string) []string // of sessionStorage, those that begin so
}
