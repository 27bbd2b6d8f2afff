package ui

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Deed does at once what stops nothing, one thing at a time. The zero value does nothing yet.
type Deed struct{ running bool }

// Do does it, unless something is being done. Afterwards it calls done, or says that it failed: "Billing
// was not enabled." The context is the page's.
func (d *Deed) Do(ctx app.Context, do func(context.Context) error, failed string, done func()) {
	if d.running {
		return
	}
	d.running = true
	ctx.Async(func() {
		err := do(ctx)
		ctx.Dispatch(func(app.Context) {
			d.running = false
			if err != nil {
				Notify(ctx, Toast{Text: failed, Detail: problem.Of(err).Detail, Tone: "bad"})
				return
			}
			done()
		})
	})
}

// Told returns what tells that something was done, moves the focus to the title of the page, and then
// reads again what the page shows.
func Told(ctx app.Context, text, detail string, read func()) func() {
	return func() {
		Notify(ctx, Toast{Text: text, Detail: detail})
		FocusTitle(ctx)
		read()
	}
}
