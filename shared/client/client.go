// Package client calls the operations of the API over HTTPS.
//
// It serves the console in a browser, tests and other Go programs alike: what carries a request is
// a [Transport], and everything above it is the same for all.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Client says where the API is and who calls it.
type Client struct {
	BaseURL string // scheme and host, such as https://keys.example; empty: the page's own origin

	// Authorization returns the bearer to present, an access token or a management key; empty for
	// none. It is asked before every call. Nil presents none.
	Authorization func(ctx context.Context) (string, error)

	Transport Transport // nil: the platform's own
}

// Call asks for the operation and returns its answer.
//
// A request that the server would refuse by its fields is not sent: the problem is the same. An
// answer that has a version has it from the ETag.
// Every error is, or wraps, a [problem.Problem]: what the API answered or, where no answer came,
// problem.Unavailable with the cause. A context that ended is found with errors.Is.
func Call[Req api.Request, Res any](ctx context.Context, c *Client, op api.Operation[Req, Res], req Req) (Res, error) {
	var answer Res
	err := c.call(ctx, op.Spec(), req, &answer)
	return answer, err
}

// call is [Call] once for all operations, so that a program holds it once. The answer is a pointer.
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
		return problem.Because(problem.Internal, err, "The API answered "+op.Name+" with something that can't be read.")
	}
	if versioned, ok := answer.(interface{ SetVersion(etag string) }); ok {
		versioned.SetVersion(in.Get("ETag"))
	}
	return nil
}
