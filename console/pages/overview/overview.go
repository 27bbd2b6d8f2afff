// Package overview holds the console's first page: the first steps for a new tenant, and later traffic, totals,
// what needs attention, and the latest changes.
package overview

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/pages/traffic"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// session is what the page needs of a session.
type session interface{ Client() *client.Client }

// Overview is the page.
type Overview struct {
	app.Compo
	session session
	ctx     app.Context
	reading ui.Reading[api.Overview]
	use     traffic.Traffic
}

// New returns the page.
func New(s session) *Overview { return &Overview{session: s} }

// OnMount reads the overview.
func (o *Overview) OnMount(ctx app.Context) {
	o.ctx = ctx
	o.read()
}

func (o *Overview) read() {
	o.reading.Start(o.ctx, func(ctx context.Context) (api.Overview, error) {
		return client.Call(ctx, o.session.Client(), api.GetOverview, api.Nothing{})
	}, nil)
	o.use.Read(o.ctx, traffic.Load(o.session.Client(), api.UsageRequest{}))
}

// Render draws the page.
func (o *Overview) Render() app.UI {
	v := o.reading.Value
	head := ui.Head{Title: "Overview", Lead: lead, Actions: []app.UI{
		o.use.Choice(),
		&ui.Button{Label: "Create API key", Icon: "plus", Look: ui.Primary, Disabled: o.reading.Here && !allowed(v, key), OnClick: o.create},
	}}
	switch {
	case !o.reading.Here && o.reading.Err != nil:
		return ui.Page(ui.Head{Title: "Overview"}, shell.Failure("The overview could not be loaded", o.reading.Err, false, o.reading.Running, o.read))
	case !o.reading.Here:
		use := &traffic.Traffic{} // what came before the overview waits for it: a new tenant sees first steps
		return ui.Page(head, ui.Slot(),
			app.Dl().Class("stats").Aria("busy", true).Body(append(use.Figures(time.Now()), ui.BoneStat(), ui.BoneStat())...),
			use.Card("Verifications by outcome", nil, time.Now()))
	case v.Keys.Total+v.Keys.Deleted == 0:
		return o.firstSteps()
	}
	return ui.Page(
		head,
		ui.Slot(shell.Stale(&o.reading, "The overview may be out of date.", o.read)),
		app.Dl().Class("stats").Body(append(o.use.Figures(time.Now()), working(v), due(v))...),
		o.use.Card("Verifications by outcome", nil, time.Now()),
		app.Div().Class("halves").Body(o.use.Refusals("/keys?"), o.use.Pairs(arxes.Tag)),
		o.rest(v),
	)
}

// rest draws what stands below the figures. It waits for them, so that it does not move.
func (o *Overview) rest(v api.Overview) app.UI {
	if o.use.Waits() {
		return ui.Slot()
	}
	return app.Div().Class("split").DataSet("even", true).Body(attention(v), changes(v))
}

const lead = "How much your keys are used, what was refused, and what needs attention."

func (o *Overview) create() { o.ctx.Navigate("/keys/new") }

// working draws how many keys verify. Stopped keys are active, but do not; they are counted up to 25.
func working(v api.Overview) app.UI {
	stopped := v.Attention.Stopped
	verify, label := v.Keys.Active-stopped.Count, "API keys that work"
	if stopped.More {
		verify, label = v.Keys.Active, "Active API keys"
	}
	rest := []app.UI{}
	if stopped.Count > 0 {
		rest = append(rest, app.A().Href("/keys?status=stopped").Text(atLeast(stopped.Count, stopped.More)+" stopped"), app.Text(", "))
	}
	rest = append(rest, app.A().Href("/keys?status=disabled").Text(ui.Count(v.Keys.Disabled)+" disabled"), app.Text(", "),
		app.A().Href("/keys?status=expired").Text(ui.Count(v.Keys.Expired)+" expired"))
	return stat(label, verify, "of "+ui.Count(v.Keys.Total), ui.Meter(percent(verify, v.Keys.Total)), rest...)
}

// due draws how many keys expire or are due for rotation.
func due(v api.Overview) app.UI {
	expiring, rotation := v.Attention.Expiring, v.Attention.RotationDue
	unit, expire := "keys", " expire"
	if expiring.Count+rotation.Count == 1 {
		unit = "key"
	}
	if expiring.Count == 1 {
		expire = " expires"
	}
	return stat("Soon due", expiring.Count+rotation.Count, unit, ui.Meter(percent(expiring.Count+rotation.Count, v.Keys.Total)),
		app.A().Href("/keys?status=expiring&sort=expires_at").Text(atLeast(expiring.Count, expiring.More)+expire), app.Text(" within 7 days, "),
		app.A().Href("/keys?status=rotation_due&sort=rotate_by").Text(atLeast(rotation.Count, rotation.More)+" to rotate"))
}

func atLeast(n int, more bool) string {
	if more {
		return "At least " + ui.Count(n)
	}
	return ui.Count(n)
}

func percent(n, of int) int { return 100 * min(n, of) / max(1, of) }

// stat draws one figure with its unit, its shape, and one line of reading.
func stat(label string, figure int, unit string, shape app.UI, rest ...app.UI) app.UI {
	return app.Div().Class("card", "stat").Body(app.Dt().Text(label),
		app.Dd().Body(app.Text(ui.Count(figure)), app.Small().Text(unit), shape, app.Span().Body(rest...)))
}
