//go:build js

package client

import (
	"context"
	"fmt"
	"strings"
	"syscall/js"

	"github.com/arxkeys/arxkeys/shared/client/jsvalue"
)

// Fetch is the transport in a browser. It uses the browser's fetch, because net/http would double the size
// of the console.
type Fetch struct{}

// DefaultTransport returns the platform's own transport.
func DefaultTransport() Transport { return Fetch{} }

// Do sends the request. It must not run on the goroutine of an event handler, because the browser waits for
// that one. If the context ends, the request is aborted.
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
		// Send no cookies, store nothing, and fail on a redirect, so that the credential is not sent
		// elsewhere.
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
		return Response{}, cause(ctx, fmt.Errorf("read response: %w", err))
	}
	if n := buffer.Get("byteLength").Int(); n > maxAnswerBytes {
		return Response{}, fmt.Errorf("response exceeds %d bytes", maxAnswerBytes)
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

// cause returns the context's error instead of the browser's AbortError.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
