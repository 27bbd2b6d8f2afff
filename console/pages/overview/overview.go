// Package overview is the page that the console opens with: the first steps of a newcomer, and
// then the figures of what there is.
package overview

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// session is whose overview it is.
type session interface{ Client() *client.Client }

// Overview is the page.
type Overview struct {
	app.Compo
	session session
	ctx     app.Context
	reading ui.Reading[figures]
}

// New returns the page.
func New(s session) *Overview { return &Overview{session: s} }

// figures are what the page counts, and what the caller may make more of.
type figures struct {
	applications api.ApplicationTotals
	arxes        api.ArxTotals
	keys         api.KeyTotals
	may          step // what may be created
	why          map[step]string
}

// OnMount reads the figures.
func (o *Overview) OnMount(ctx app.Context) {
	o.ctx = ctx
	o.read()
}

func (o *Overview) read() {
	o.reading.Start(o.ctx, func(ctx context.Context) (figures, error) { return read(ctx, o.session.Client()) }, nil)
}

// read asks for the three totals at once.
func read(ctx context.Context, c *client.Client) (figures, error) {
	one := api.Page{Limit: 1}
	var (
		wait         sync.WaitGroup
		applications api.ApplicationList
		arxes        api.ArxList
		keys         api.KeyList
		errs         [3]error
	)
	wait.Go(func() {
		applications, errs[0] = client.Call(ctx, c, api.ListApplications, api.ListApplicationsRequest{Page: one})
	})
	wait.Go(func() { arxes, errs[1] = client.Call(ctx, c, api.ListArxes, api.ListArxesRequest{Page: one}) })
	wait.Go(func() { keys, errs[2] = client.Call(ctx, c, api.ListKeys, api.ListKeysRequest{Page: one}) })
	wait.Wait()
	f := figures{applications: applications.Totals, arxes: arxes.Totals, keys: keys.Totals, why: map[step]string{}}
	for s, permits := range map[step]api.Permits{application: applications.Permits, arx: arxes.Permits, key: keys.Permits} {
		if permits.May("create") {
			f.may |= s
		} else {
			f.why[s] = permits.Why["create"]
		}
	}
	return f, errors.Join(errs[:]...)
}

// Render draws the page.
func (o *Overview) Render() app.UI {
	f := o.reading.Value
	switch {
	case o.reading.Err != nil:
		return ui.Page(ui.Head{Title: "Overview"}, ui.Failure("The figures could not be loaded", o.reading.Err, false, o.reading.Running, o.read))
	case !o.reading.Here:
		return ui.Page(ui.Head{Title: "Overview"}, app.If(o.reading.Slow, ui.Totals(false, make([]ui.Total, 3)...)))
	case f.keys.Total+f.keys.Deleted == 0:
		return o.firstSteps()
	}
	return ui.Page(
		ui.Head{Title: "Overview", Lead: "What there is, and what of it is at work.", Actions: []app.UI{
			&ui.Button{Label: "Create API key", Icon: "plus", Look: ui.Primary, Disabled: !f.allowed(key), OnClick: o.create},
		}},
		app.Dl().Class("stats").DataSet("n", 3).Body(
			stat("Active API keys", f.keys.Active, f.keys.Total, fmt.Sprintf("%s disabled, %s expired", ui.Count(f.keys.Disabled), ui.Count(f.keys.Expired))),
			stat("Active applications", f.applications.Active, f.applications.Total, ui.Count(f.applications.Disabled)+" disabled"),
			stat("Active Arxes", f.arxes.Active, f.arxes.Total, ui.Count(f.arxes.Disabled)+" disabled"),
		),
	)
}

func (o *Overview) create() { o.ctx.Navigate("/keys/new") }

// allowed reports whether the caller may take the step now: it is theirs, and what it needs exists.
func (f figures) allowed(s step) bool {
	return f.may&s != 0 && (s != key || f.applications.Active > 0 && f.arxes.Active > 0)
}

func stat(label string, active, total int, rest string) app.UI {
	return app.Div().Class("card", "stat").Body(
		app.Dt().Text(label),
		app.Dd().Body(
			app.Text(ui.Count(active)), app.Small().Text("of "+ui.Count(total)),
			app.Span().Text(rest),
		),
	)
}
