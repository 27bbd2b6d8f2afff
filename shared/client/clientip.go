//go:build !js

package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// ConnectionIP is a [Guard.ClientIP] for a server that clients connect to without a proxy. It returns the
// address of the connection.
func ConnectionIP(r *http.Request) (string, error) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "", wrongAddress("the connection has no address")
	}
	return peer.Addr().Unmap().WithZone("").String(), nil
}

// HeaderIP returns a [Guard.ClientIP] for a server behind a proxy that overwrites the header with the
// client's address, such as X-Real-Ip. The header must have exactly one address. Do not use a header to which
// the proxy only appends, such as X-Forwarded-For: clients choose the rest of it.
func HeaderIP(name string) func(*http.Request) (string, error) {
	return func(r *http.Request) (string, error) {
		values := r.Header.Values(name)
		if len(values) != 1 {
			return "", wrongAddress(fmt.Sprintf("the header %s occurs %d times, and not once", name, len(values)))
		}
		address, err := netip.ParseAddr(strings.TrimSpace(values[0]))
		if err != nil || address.Zone() != "" {
			return "", wrongAddress("the header " + name + " is not one address")
		}
		return address.String(), nil
	}
}

// wrongAddress is an error of a function of this package. Its text contains nothing that the client sent.
type wrongAddress string

// Error returns the text.
func (e wrongAddress) Error() string { return string(e) }

// ours returns the error if it is of this package, and otherwise one without its text, which may quote the request.
func ours(err error) error {
	if e, ok := errors.AsType[wrongAddress](err); ok {
		return e
	}
	return errors.New("the ClientIP function failed")
}
