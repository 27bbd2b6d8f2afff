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
		return "", fmt.Errorf("the connection has no address: %w", err)
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
			return "", fmt.Errorf("the header %s occurs %d times, and not once", name, len(values))
		}
		address, err := netip.ParseAddr(strings.TrimSpace(values[0]))
		if err != nil || address.Zone() != "" {
			return "", errors.New("the header " + name + " is not one address")
		}
		return address.String(), nil
	}
}
