//go:build !js

package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// HTTP is the transport outside a browser.
type HTTP struct{ Client *http.Client } // nil means http.DefaultClient

// DefaultTransport returns the platform's own transport.
func DefaultTransport() Transport { return HTTP{} }

// Do sends the request.
func (t HTTP) Do(ctx context.Context, r Request) (Response, error) {
	out, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Response{}, err
	}
	for _, h := range r.Header {
		out.Header.Add(h[0], h[1])
	}
	c := t.Client
	if c == nil {
		c = http.DefaultClient
	}
	in, err := c.Do(out)
	if err != nil {
		return Response{}, err
	}
	defer in.Body.Close()
	body, err := io.ReadAll(io.LimitReader(in.Body, maxAnswerBytes+1))
	if err != nil {
		return Response{}, fmt.Errorf("read response: %w", err)
	}
	if len(body) > maxAnswerBytes {
		return Response{}, fmt.Errorf("response exceeds %d bytes", maxAnswerBytes)
	}
	header := make(map[string]string, len(in.Header))
	for name, values := range in.Header {
		header[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return Response{Status: in.StatusCode, Header: header, Body: body}, nil
}
