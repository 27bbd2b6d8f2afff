package table

import (
	"context"
	"net"
	"time"
)

// dialer returns a dial function that gives up early, so that an unreachable endpoint leaves time
// to try again.
func dialer(timeout time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return (&net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}).DialContext
}
