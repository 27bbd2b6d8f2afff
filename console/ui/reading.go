package ui

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// slow is how long a read may take before a skeleton appears. A flash is worse than a pause.
const slow = 150 * time.Millisecond

// A read that could not reach the API is repeated: first after leastAgain, then after twice the previous
// pause, up to mostAgain.
const (
	leastAgain = 5 * time.Second
	mostAgain  = time.Minute
)

// Reading is a value that a page reads from the API. The zero value has not begun.
type Reading[T any] struct {
	Value   T     // the latest value; kept while another is read
	Here    bool  // Value is set
	Err     error // of the latest read
	Running bool
	Slow    bool // running for longer than slow
	Repeats bool // failed, and will be repeated after a pause

	turn  int           // counts reads, to drop the answers of all but the latest
	pause time.Duration // before the latest repetition
	redo  func()        // repeats the latest read
	queue func()        // starts the queued read, which waits for the running one to end; nil if there is none

	handled bool // RereadAction is handled
}

// RereadAction makes every page reload what it shows, because the connection is back.
const RereadAction = "/ui/reread"

// Begun reports whether a read was ever started.
func (r *Reading[T]) Begun() bool { return r.turn > 0 }

// Forget resets the reading. The answer of a running read is dropped.
func (r *Reading[T]) Forget() { *r = Reading[T]{turn: r.turn + 1, handled: r.handled} }

// Queue starts the read when the running one ends, whose answer is dropped, or at once if none is
// running. Only the latest queued read is kept. So at most one request is under way while a person
// types, and only the answer to the latest text is shown.
func (r *Reading[T]) Queue(ctx app.Context, read func(context.Context) (T, error), then func()) {
	start := func() { r.Start(ctx, read, then) }
	if !r.Running {
		start()
		return
	}
	r.queue, r.redo = start, start
}

// Start reads outside the interface's goroutine. The context is the page's, and ends the read with it.
// Then is called with the outcome, unless a later read has begun; it may be nil. If the API is
// unreachable or unavailable, the read is repeated after a pause, and Then is called again. The same
// happens after an outage.
func (r *Reading[T]) Start(ctx app.Context, read func(context.Context) (T, error), then func()) {
	if !r.handled {
		r.handled = true
		ctx.Handle(RereadAction, func(app.Context, app.Action) {
			if r.redo != nil {
				r.redo()
			}
		})
		ctx.Handle(tickAction, func(app.Context, app.Action) {}) // redraws the page
	}
	r.redo, r.queue = func() { r.Start(ctx, read, then) }, nil
	r.turn++
	turn := r.turn
	r.Running, r.Slow, r.Repeats = true, false, false
	ctx.After(slow, func(app.Context) {
		if r.turn == turn {
			r.Slow = r.Running
		}
	})
	ctx.Async(func() {
		value, err := read(ctx)
		ctx.Dispatch(func(app.Context) {
			if r.turn != turn {
				return
			}
			if r.queue != nil {
				r.queue()
				return
			}
			r.Running, r.Slow, r.Err = false, false, err
			if err == nil {
				r.Value, r.Here, r.pause = value, true, 0
			}
			if problem.Is(err, problem.Unavailable) {
				r.repeat(ctx, read, then)
			}
			if then != nil {
				then()
			}
		})
	})
}

// repeat repeats the read after a pause, unless another one starts first.
func (r *Reading[T]) repeat(ctx app.Context, read func(context.Context) (T, error), then func()) {
	turn := r.turn
	r.Repeats, r.pause = true, min(max(leastAgain, 2*r.pause), mostAgain)
	time.AfterFunc(r.pause, func() { // ctx.After would keep the page's goroutines waiting
		if ctx.Err() != nil {
			return
		}
		ctx.Dispatch(func(app.Context) {
			if r.turn == turn {
				r.Start(ctx, read, then)
			}
		})
	})
}
