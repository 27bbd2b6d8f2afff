// Package loopback distinguishes legitimate requests to a local service from those of web pages of other origins.
//
// A browser, and so every page in it, can reach every port of its machine. But a page cannot choose the headers Host,
// Origin and Sec-Fetch-Site of its requests.
package loopback

import (
	"net"
	"net/http"
	"slices"
)

// IsHost reports whether the Host of a request names this machine, on any port, or is one of the others. A page whose
// name was made to resolve to this machine (DNS rebinding) sends its own name.
func IsHost(r *http.Request, others ...string) bool {
	name := r.Host
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	return name == "127.0.0.1" || name == "localhost" || slices.Contains(others, name)
}

// FromBrowser reports whether a browser sent the request for any page, including pages of the same origin. It is for
// services that no page uses.
func FromBrowser(r *http.Request) bool {
	return has(r, "Origin") || has(r, "Sec-Fetch-Site") || has(r, "Sec-Fetch-Mode")
}

// FromOtherOrigin reports whether a page of another origin sent the request or linked to it. A page on another port
// of this machine is of another origin. A URL that a person typed is not.
func FromOtherOrigin(r *http.Request) bool {
	if site, ok := r.Header["Sec-Fetch-Site"]; ok { // more reliable: a page's policy can make its Origin null
		return !slices.Equal(site, []string{"same-origin"}) && !slices.Equal(site, []string{"none"})
	}
	return has(r, "Origin") && !slices.Equal(r.Header["Origin"], []string{"http://" + r.Host})
}

// IsVisit reports whether the request is a top-level navigation, such as following a link from any page.
func IsVisit(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !has(r, "Origin") &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

func has(r *http.Request, header string) bool { return len(r.Header[header]) > 0 }
