package ui

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// slow is how long a read may take before a skeleton shows: a flash is worse than a pause.
const slow = 150 * time.Millisecond

// A read that found nobody there is tried again by itself, at first after the least time, and then
// after twice the time before.
const (
	leastAgain = 5 * time.Second
	mostAgain  = time.Minute
)

// Reading is something that a page reads from afar. The zero value has not begun.
type Reading[T any] struct {
	Value   T     // the latest that came, also while another is read
	Here    bool  // Value came
	Err     error // the latest read failed
	Running bool
	Slow    bool // running for so long that the page says so
	Repeats bool // it failed, and is tried again by itself

	turn  int           // counts reads: only the latest counts
	pause time.Duration // before it was tried by itself last
	redo  func()        // reads the latest again
	queue func()        // starts the read that waits for the running one to end; nil where none waits

	handled bool // it reads again after an outage
}

// RereadAction makes every page read again what it shows: the connection is back.
const RereadAction = "/ui/reread"

// Begun reports whether it was ever started.
func (r *Reading[T]) Begun() bool { return r.turn > 0 }

// Forget is as if it had never begun. A read that is running counts for nothing any more.
func (r *Reading[T]) Forget() { *r = Reading[T]{turn: r.turn + 1, handled: r.handled} }

// Queue starts the read when the running one ends, and drops the answer of that one; it starts at once
// where none is running. Only the latest queued read is kept. So while somebody types, one request is
// under way at most, and the answer that shows is that of the latest text.
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

// repeat reads again in a while, unless something else is read before.
func (r *Reading[T]) repeat(ctx app.Context, read func(context.Context) (T, error), then func()) {
	turn := r.turn
	r.Repeats, r.pause = true, min(max(leastAgain, 2*r.pause), mostAgain)
	time.AfterFunc(r.pause, func() { // not ctx.After: nobody waits for it
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
