package keys

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// useCard draws how often the key was verified over time, by outcome. For a key that never was, it shows how.
func (d *Detail) useCard(now time.Time) app.UI {
	if d.unused() {
		return ui.Card("use", "Use over time", nil, d.use.Stale(), d.firstUse())
	}
	return d.use.Card("Use over time", d.use.Choice(), now)
}

// unused reports whether the key was never used, as far as is known.
func (d *Detail) unused() bool {
	if u := &d.use.Reading.Value; d.use.Reading.Here {
		return u.LastUsedAt == nil && u.Totals.Total == 0
	}
	return d.key.Value.LastUsedAt == nil && d.use.Reading.Err == nil
}

// why draws why the key was refused.
func (d *Detail) why() app.UI {
	if d.unused() {
		return ui.Slot()
	}
	return d.use.Why(d.key.Value.KeySummary)
}

// firstUse draws that a key was never used. The card with its code is below.
func (d *Detail) firstUse() app.UI {
	k := &d.key.Value
	if k.Status != api.KeyActive {
		return app.P().Class("card-body", "hint").Text("Never used.")
	}
	body := []app.UI{app.P().Text("Never used so far. Try it with the code below; the access key was shown when it was created.")}
	if k.StoppedBy != nil {
		body = append(body, app.P().Class("hint").Text("It is refused while it is stopped."))
	}
	return app.Div().Class("card-body", "stack").Body(body...)
}
