// Package after defers work that no caller waits for, such as recording usage, until an invocation has
// responded.
//
// Lambda forwards a response as soon as it receives it, and the environment keeps running until it asks for
// the next event (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, Invoke
// phase). Work in between is billed but delays no caller.
package after

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// Response runs work after the invocation that the context belongs to has responded or failed. Deferred
// work runs sequentially. It receives the invocation's context, which ends at Lambda's deadline; work
// should set a shorter timeout. Outside an invocation served by [Serve], Response runs work immediately.
func Response(ctx context.Context, work func(context.Context)) {
	rest, ok := ctx.Value(key{}).(*rest)
	if !ok {
		work(ctx)
		return
	}
	rest.mu.Lock()
	defer rest.mu.Unlock()
	rest.works = append(rest.works, work)
}

// Serve returns a handler for lambda.Start that responds with the result of invoke and then runs the
// deferred work.
func Serve(invoke func(context.Context, []byte) ([]byte, error)) func(context.Context, json.RawMessage) (*Reply, error) {
	return func(ctx context.Context, event json.RawMessage) (*Reply, error) {
		rest := &rest{ctx: ctx}
		answer, err := invoke(context.WithValue(ctx, key{}, rest), event)
		if err != nil {
			rest.do()
			return nil, err
		}
		return &Reply{answer: *bytes.NewReader(answer), rest: rest}, nil
	}
}

// Reply is a response that lambda.Start sends unchanged, and closes when it is sent.
type Reply struct {
	answer bytes.Reader
	rest   *rest
}

// Read reads the response.
func (r *Reply) Read(p []byte) (int, error) { return r.answer.Read(p) }

// Close runs the deferred work.
func (r *Reply) Close() error {
	r.rest.do()
	return nil
}

// MarshalJSON always fails. lambda.Start encodes as JSON whatever it can, and treats a value as an
// io.Reader only if that fails.
func (r *Reply) MarshalJSON() ([]byte, error) { return nil, errRead }

var errRead = errors.New("a Reply is read, not marshaled")

// ContentType returns the media type of the response.
func (r *Reply) ContentType() string { return "application/json" }

type key struct{}

// rest is the deferred work of an invocation.
type rest struct {
	ctx   context.Context
	mu    sync.Mutex
	works []func(context.Context)
}

// do runs the deferred work. A panic ends only its piece of work: the response was already sent.
func (r *rest) do() {
	r.mu.Lock()
	works := r.works
	r.works = nil
	r.mu.Unlock()
	for _, work := range works {
		func() {
			defer func() {
				if v := recover(); v != nil {
					lambdalog.Stdout().Error("deferred work failed", "cause", fmt.Sprint("panic: ", v), "stack", string(debug.Stack()))
				}
			}()
			work(r.ctx)
		}()
	}
}
