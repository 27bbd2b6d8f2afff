// Package loopback tells the requests that a service of this machine is for from those that web pages
// of other origins send it.
//
// A browser reaches every port of the machine that it runs on, and so does every page in it. What a
// page can't do is choose the headers Host, Origin and Sec-Fetch-Site of its requests.
package loopback

import (
	"net"
	"net/http"
	"slices"
)

// IsHost reports whether the Host of a request names this machine, on any port, or is one of the
// others. A page elsewhere whose name was made to lead here (DNS rebinding) sends its own name.
func IsHost(r *http.Request, others ...string) bool {
	name := r.Host
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	return name == "127.0.0.1" || name == "localhost" || slices.Contains(others, name)
}

// FromBrowser reports whether a browser sent the request for a page: any page, of the same origin too.
// It is for services that no page has a use for.
func FromBrowser(r *http.Request) bool {
	return has(r, "Origin") || has(r, "Sec-Fetch-Site") || has(r, "Sec-Fetch-Mode")
}

// FromOtherOrigin reports whether a page of another origin sent the request, or led somebody to it.
// A page on another port of this machine is one. An address that a person typed is none.
func FromOtherOrigin(r *http.Request) bool {
	if site, ok := r.Header["Sec-Fetch-Site"]; ok { // the better witness: a page's policy can make its Origin null
		return !slices.Equal(site, []string{"same-origin"}) && !slices.Equal(site, []string{"none"})
	}
	return has(r, "Origin") && !slices.Equal(r.Header["Origin"], []string{"http://" + r.Host})
}

// IsVisit reports whether the request is for a page in a window of its own: what following a link to
// it sends, wherever the link is.
func IsVisit(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !has(r, "Origin") &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

func has(r *http.Request, header string) bool { return len(r.Header[header]) > 0 }
