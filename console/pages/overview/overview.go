// Package overview holds the console's first page: the first steps for a new tenant, and later totals,
// what needs attention, and the latest changes.
package overview

import (
	"context"
	"fmt"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

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
}

// Render draws the page.
func (o *Overview) Render() app.UI {
	v := o.reading.Value
	switch {
	case !o.reading.Here && o.reading.Err != nil:
		return ui.Page(ui.Head{Title: "Overview"}, shell.Failure("The overview could not be loaded", o.reading.Err, false, o.reading.Running, o.read))
	case !o.reading.Here:
		return ui.Page(ui.Head{Title: "Overview", Lead: lead}, ui.WaitingFigures(3, o.reading.Slow))
	case v.Keys.Total+v.Keys.Deleted == 0:
		return o.firstSteps()
	}
	return ui.Page(
		ui.Head{Title: "Overview", Lead: lead, Actions: []app.UI{
			&ui.Button{Label: "Create API key", Icon: "plus", Look: ui.Primary, Disabled: !allowed(v, key), OnClick: o.create},
		}},
		ui.Slot(shell.Stale(&o.reading, "The overview may be out of date.", o.read)),
		app.Dl().Class("stats").DataSet("n", 3).Body(
			stat("Active API keys", "/keys?status=active", v.Keys.Active, v.Keys.Total, besides(v)),
			stat("Active applications", "/applications?status=active", v.Applications.Active, v.Applications.Total, archived(v.Applications)),
			stat("Active Arxes", "/arxes?status=active", v.Arxes.Active, v.Arxes.Total, ui.Count(v.Arxes.Disabled)+" disabled"),
		),
		app.Div().Class("split").DataSet("even", true).Body(attention(v), changes(v)),
	)
}

const lead = "What you have, how much of it is active, and what needs attention."

func (o *Overview) create() { o.ctx.Navigate("/keys/new") }

// besides says how many keys do not verify. Stopped keys are among the active ones.
func besides(v api.Overview) string {
	rest := fmt.Sprintf("%s disabled, %s expired", ui.Count(v.Keys.Disabled), ui.Count(v.Keys.Expired))
	switch few := v.Attention.Stopped; {
	case few.Count == 0:
		return rest
	case few.More:
		return "At least " + ui.Count(few.Count) + " active but stopped, " + rest
	default:
		return ui.Count(few.Count) + " active but stopped, " + rest
	}
}

func archived(t api.ApplicationTotals) string {
	text := ui.Count(t.Disabled) + " disabled"
	if t.Archived > 0 {
		text += ", " + ui.Count(t.Archived) + " archived"
	}
	return text
}

// stat draws one figure: how many are active out of the total.
func stat(label, href string, active, total int, rest string) app.UI {
	share := 0
	if total > 0 {
		share = 100 * active / total
	}
	return app.Div().Class("card", "stat").Body(
		app.Dt().Body(app.A().Href(href).Text(label)),
		app.Dd().Body(
			app.Text(ui.Count(active)), app.Small().Text("of "+ui.Count(total)),
			ui.Meter(share),
			app.Span().Text(rest),
		),
	)
}
