package applications

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/activity"
	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Detail is the page of an application.
type Detail struct {
	app.Compo
	actions

	id      string
	reading ui.Reading[api.Application]
	keys    ui.Reading[api.KeyList]
	changes int // that this page has made
}

// NewDetail returns the page.
func NewDetail(s session) *Detail {
	d := &Detail{}
	d.session, d.changed = s, d.reread
	return d
}

// OnMount reads the application that the address names.
func (d *Detail) OnMount(ctx app.Context) {
	d.ctx = ctx
	d.visit()
}

// OnNav reads what another address names.
func (d *Detail) OnNav(app.Context) { d.visit() }

func (d *Detail) visit() {
	if id := ui.Named(d.ctx.Page(), "/applications/", ""); id != d.id {
		d.id = id
		d.reading, d.keys = ui.Reading[api.Application]{}, ui.Reading[api.KeyList]{}
		d.read()
	}
}

func (d *Detail) reread() {
	d.changes++
	d.read()
}

func (d *Detail) read() {
	id := d.id
	d.reading.Start(d.ctx, func(ctx context.Context) (api.Application, error) {
		return client.Call(ctx, d.session.Client(), api.GetApplication, api.ApplicationID{ID: id})
	}, nil)
	d.keys.Start(d.ctx, func(ctx context.Context) (api.KeyList, error) {
		return client.Call(ctx, d.session.Client(), api.ListKeys, api.ListKeysRequest{ApplicationID: id, Page: api.Page{Limit: 5}})
	}, nil)
}

func (d *Detail) edit() { d.ctx.Navigate("/applications/" + d.id + "/edit") }

func missing() app.UI {
	return ui.Missing("No such application", "There is no application of this id. It may be another organisation’s.", ui.Link{Text: "All applications", Href: "/applications"})
}

// Render draws the page.
func (d *Detail) Render() app.UI {
	a := d.reading.Value
	head := ui.Head{Title: "Application", Back: &ui.Link{Text: "Applications", Href: "/applications"}}
	switch {
	case !d.reading.Here && problem.Is(d.reading.Err, problem.NotFound):
		return missing()
	case !d.reading.Here && d.reading.Err != nil:
		return ui.Page(head, shell.Failure("The application could not be loaded", d.reading.Err, false, d.reading.Running, d.read))
	case !d.reading.Here:
		return ui.Page(head, ui.Waiting(d.reading.Slow))
	}
	transitions := d.transitions(a)
	head.Title = a.Name
	head.Under = []app.UI{
		ui.Badge(string(a.Status), ui.Sentence(string(a.Status))),
		&ui.CopyID{ID: a.ID, Name: "Copy application id", Copied: d.clipboard.Has(a.ID), OnCopy: d.copyID},
	}
	head.Actions = ui.ActionButtons(transitions)
	return ui.Page(head,
		ui.Slot(shell.Stale(&d.reading, "The application may be out of date.", d.read)),
		ui.Slot(ui.Refusals(transitions)),
		app.Div().Class("split").Body(
			app.Div().Class("stack").Body(
				catalog.KeyShares(a.Keys),
				catalog.Keys(&d.keys, "/keys?application="+a.ID, "None yet. Without a key it can’t call any Arx.", func(k api.KeySummary) app.UI { return arxes.Ref(k.Arx.Name, k.Arx.Purpose) }),
				&activity.History{Session: d.session, ResourceID: a.ID, Version: d.changes},
			),
			app.Div().Class("stack").Body(d.settings(a)),
		),
		ui.Slot(d.confirm.UI()),
	)
}

func (d *Detail) settings(a api.Application) app.UI {
	now := time.Now()
	facts := []ui.Fact{
		ui.TextFact("Description", a.Description, "None"),
		ui.TextFact("Technology", TechnologyName(a.Technology), ""),
		ui.TextFact("Owner", a.Owner, "Nobody"),
	}
	if a.Technology == api.Client {
		facts = append(facts, ui.Fact{Term: "Allowed origins", Value: []app.UI{ui.Tokens(a.AllowedOrigins)}})
	}
	facts = append(facts,
		ui.Fact{Term: "Created", Value: []app.UI{ui.Date(a.CreatedAt, now), app.Small().Text(a.CreatedBy.Name)}},
		ui.Fact{Term: "Updated", Value: []app.UI{ui.When(a.UpdatedAt, now), app.Small().Text(a.UpdatedBy.Name)}},
	)
	return app.Section().Class("card").Aria("labelledby", "settings-title").Body(
		app.Header().Class("card-head").Body(
			app.H2().ID("settings-title").Text("Settings"),
			&ui.Button{Label: "Edit", Icon: "edit", Look: ui.Quiet, Small: true, Disabled: !a.May("update"), OnClick: d.edit},
		),
		app.Div().Class("card-body").Body(ui.Facts(facts...)),
	)
}
