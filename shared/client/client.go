// Package client calls the operations of the API over HTTPS.
//
// A server that protects its own API with access keys needs only a Verifier and its middleware. They are left
// out of programs for the browser.
//
// It works in the browser, in tests and in other Go programs. A [Transport] sends the requests; everything
// else is the same for all.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Client is a client of the API.
type Client struct {
	BaseURL string // scheme and host, such as https://keys.example; empty for the page's own origin

	// Authorization returns the access token or management key to present, or "" for none. It is called
	// before every request. Nil means none.
	Authorization func(ctx context.Context) (string, error)

	Transport Transport // nil means DefaultTransport
}

// Call calls the operation and returns its response.
//
// It does not send a request that fails Validate; the returned problem is the same as the server's. The
// version of a response is set from its ETag. Every error is or wraps a [problem.Problem]: the one that the
// API returned, or problem.Unavailable with the cause if there was no response. Use errors.Is to detect a
// context that ended.
func Call[Req api.Request, Res any](ctx context.Context, c *Client, op api.Operation[Req, Res], req Req) (Res, error) {
	var answer Res
	err := c.call(ctx, op.Spec(), req, &answer)
	return answer, err
}

// call is the part of [Call] without type parameters, which is compiled only once. answer is a pointer.
func (c *Client) call(ctx context.Context, op api.Spec, req api.Request, answer any) error {
	if err := req.Validate(); err != nil {
		return err
	}
	out, err := encode(op, req)
	if err != nil {
		return err
	}
	out.URL = strings.TrimSuffix(c.BaseURL, "/") + out.URL
	if c.Authorization != nil {
		bearer, err := c.Authorization(ctx)
		if err != nil {
			return unreachable(err, false) // nothing was sent
		}
		if bearer != "" {
			out.Header = append(out.Header, [2]string{"Authorization", "Bearer " + bearer})
		}
	}
	transport := c.Transport
	if transport == nil {
		transport = DefaultTransport()
	}
	in, err := transport.Do(ctx, out)
	if err != nil {
		return unreachable(err, op.Method != "GET")
	}
	if in.Status < 200 || in.Status > 299 {
		return refusal(in)
	}
	if err := json.NewDecoder(bytes.NewReader(in.Body)).Decode(answer); err != nil {
		return problem.Because(problem.Internal, err, "The API answered "+op.Name+" with an unreadable response.")
	}
	if versioned, ok := answer.(interface{ SetVersion(etag string) }); ok {
		versioned.SetVersion(in.Get("ETag"))
	}
	return nil
}
