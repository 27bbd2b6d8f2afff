package shell

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Stale says that something could not be read again, and shows an earlier state; nothing where it is
// up to date. In an outage it says no more than that: the shell's banner explains the rest. The callback
// is a method of the page.
func Stale[T any](r *ui.Reading[T], first string, onRetry func()) app.UI {
	switch {
	case r.Err == nil || !r.Here:
		return nil
	case session.ByOutage(r.Err):
		return app.P().Class("hint", "row").Body(ui.Icon("cloud-off"), app.Text(first))
	}
	rest := problem.Of(r.Err).Detail
	if r.Repeats {
		rest += " It is tried again by itself."
	}
	return ui.Banner("bad", "cloud-off", first, rest, &ui.Button{Label: "Try again", Small: true, Busy: r.Running, OnClick: onRetry})
}
