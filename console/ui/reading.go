package ui

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// slow is how long a read may take before a skeleton shows: a flash is worse than a pause.
const slow = 150 * time.Millisecond

// Reading is something that a page reads from afar. The zero value has not begun.
type Reading[T any] struct {
	Value   T     // the latest that came, also while another is read
	Here    bool  // Value came
	Err     error // the latest read failed
	Running bool
	Slow    bool // running for so long that the page says so

	turn int // counts reads: only the latest counts
}

// Begun reports whether it was ever started.
func (r *Reading[T]) Begun() bool { return r.turn > 0 }

// Start reads, away from the goroutine of the interface. The context is the page's, and ends the
// read with it. Then is called once there is an outcome, unless a later read has begun; nil for
// nothing.
func (r *Reading[T]) Start(ctx app.Context, read func(context.Context) (T, error), then func()) {
	r.turn++
	turn := r.turn
	r.Running, r.Slow = true, false
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
			r.Running, r.Slow, r.Err = false, false, err
			if err == nil {
				r.Value, r.Here = value, true
			}
			if then != nil {
				then()
			}
		})
	})
}
