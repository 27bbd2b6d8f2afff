package shell

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Stale draws a notice that something could not be reloaded, so that the page shows an earlier state, or
// nothing if it is up to date. During an outage the notice is short, because the shell's banner explains
// the rest. The callback is a method of the page.
func Stale[T any](r *ui.Reading[T], first string, onRetry func()) app.UI {
	switch {
	case r.Err == nil || !r.Here:
		return nil
	case session.ByOutage(r.Err):
		return app.P().Class("hint", "row").Body(ui.Icon("cloud-off"), app.Text(first))
	}
	rest := problem.Of(r.Err).Detail
	if r.Repeats {
		rest += " The console retries automatically."
	}
	return ui.Banner("bad", "cloud-off", first, rest, &ui.Button{Label: "Try again", Small: true, Busy: r.Running, OnClick: onRetry})
}
