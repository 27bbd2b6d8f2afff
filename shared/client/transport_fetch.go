//go:build js

package client

import (
	"context"
	"fmt"
	"strings"
	"syscall/js"

	"github.com/arxkeys/arxkeys/shared/client/jsvalue"
)

// Fetch is the transport of a browser: its own fetch, since net/http would weigh as much as the
// rest of the console.
type Fetch struct{}

// DefaultTransport returns the platform's own transport.
func DefaultTransport() Transport { return Fetch{} }

// Do carries the request. It must not run on the goroutine of an event handler, which the browser
// waits for. A context that ends aborts the request.
func (Fetch) Do(ctx context.Context, r Request) (Response, error) {
	if err := ctx.Err(); err != nil {
		return Response{}, err
	}
	abort := js.Global().Get("AbortController").New()
	stop := context.AfterFunc(ctx, func() { abort.Call("abort") })
	defer stop()

	init := map[string]any{
		"method": r.Method,
		"signal": abort.Get("signal"),
		// No cookie goes along, nothing is kept, and a redirect is an answer like any other:
		// a bearer follows nobody.
		"credentials": "omit",
		"cache":       "no-store",
		"redirect":    "error",
	}
	header := js.Global().Get("Headers").New()
	for _, h := range r.Header {
		header.Call("append", h[0], h[1])
	}
	init["headers"] = header
	if r.Body != nil {
		init["body"] = jsvalue.Array(r.Body)
	}

	in, err := jsvalue.Await(js.Global().Call("fetch", r.URL, init))
	if err != nil {
		return Response{}, cause(ctx, err)
	}
	buffer, err := jsvalue.Await(in.Call("arrayBuffer"))
	if err != nil {
		return Response{}, cause(ctx, fmt.Errorf("read answer: %w", err))
	}
	if n := buffer.Get("byteLength").Int(); n > maxAnswerBytes {
		return Response{}, fmt.Errorf("answer exceeds %d bytes", maxAnswerBytes)
	}
	out := Response{Status: in.Get("status").Int(), Header: map[string]string{}, Body: jsvalue.Bytes(buffer)}
	each := js.FuncOf(func(_ js.Value, args []js.Value) any {
		out.Header[strings.ToLower(args[1].String())] = args[0].String() // forEach gives the value first
		return nil
	})
	defer each.Release()
	in.Get("headers").Call("forEach", each)
	return out, nil
}

// cause prefers the context's own reason to the browser's AbortError.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
