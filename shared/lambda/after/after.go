// Package after puts off what nobody waits for, such as figures of use, until an invocation has answered.
//
// Lambda hands an answer on as soon as it has it, and the environment works on until it asks for the next
// event (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, Invoke phase). What is
// done in between is billed, and delays no caller.
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

// Response does the work once the invocation to which the context belongs has answered, or failed: one piece
// of work after the other. It is given the invocation's own context, which ends with Lambda's deadline, and
// has to bound itself to less. Where there is no invocation that [Serve] serves, it is done at once.
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

// Serve returns a handler for lambda.Start that answers as invoke does, and then does what was put off.
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

// Reply is an answer that lambda.Start sends as it is, and closes once it is sent.
type Reply struct {
	answer bytes.Reader
	rest   *rest
}

// Read reads the answer.
func (r *Reply) Read(p []byte) (int, error) { return r.answer.Read(p) }

// Close does what was put off.
func (r *Reply) Close() error {
	r.rest.do()
	return nil
}

// MarshalJSON fails: lambda.Start sends as JSON whatever can be, and reads only what can't.
func (r *Reply) MarshalJSON() ([]byte, error) { return nil, errRead }

var errRead = errors.New("read it")

// ContentType is what an answer is.
func (r *Reply) ContentType() string { return "application/json" }

type key struct{}

// rest is what is left to do of an invocation.
type rest struct {
	ctx   context.Context
	mu    sync.Mutex
	works []func(context.Context)
}

// do does it. A panic ends the piece of work, and not the environment: the answer was right.
func (r *rest) do() {
	r.mu.Lock()
	works := r.works
	r.works = nil
	r.mu.Unlock()
	for _, work := range works {
		func() {
			defer func() {
				if v := recover(); v != nil {
					lambdalog.Stdout().Error("after the answer", "cause", fmt.Sprint("panic: ", v), "stack", string(debug.Stack()))
				}
			}()
			work(r.ctx)
		}()
	}
}
