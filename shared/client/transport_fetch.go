//go:build js

package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall/js"
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
		body := js.Global().Get("Uint8Array").New(len(r.Body))
		js.CopyBytesToJS(body, r.Body)
		init["body"] = body
	}

	in, err := await(js.Global().Call("fetch", r.URL, init))
	if err != nil {
		return Response{}, cause(ctx, err)
	}
	buffer, err := await(in.Call("arrayBuffer"))
	if err != nil {
		return Response{}, cause(ctx, fmt.Errorf("read answer: %w", err))
	}
	if n := buffer.Get("byteLength").Int(); n > maxAnswerBytes {
		return Response{}, fmt.Errorf("answer exceeds %d bytes", maxAnswerBytes)
	}
	bytes := js.Global().Get("Uint8Array").New(buffer)
	out := Response{Status: in.Get("status").Int(), Header: map[string]string{}, Body: make([]byte, bytes.Length())}
	js.CopyBytesToGo(out.Body, bytes)
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

// await returns what the promise settles to; a rejection is an error with the reason's text.
func await(promise js.Value) (js.Value, error) {
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1) // settles once, perhaps after nobody waits
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{value: args[0]}
		return nil
	})
	catch := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{err: errors.New(js.Global().Get("String").Invoke(args[0]).String())}
		return nil
	})
	defer then.Release()
	defer catch.Release()
	promise.Call("then", then, catch)
	s := <-done
	return s.value, s.err
}
