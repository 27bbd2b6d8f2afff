package arxes

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/activity"
	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Detail is the page of an Arx.
type Detail struct {
	app.Compo
	actions

	id      string
	reading ui.Reading[api.Arx]
	keys    ui.Reading[api.KeyList]
	changes int // that this page has made
}

// NewDetail returns the page.
func NewDetail(s session) *Detail {
	d := &Detail{}
	d.session, d.changed = s, d.reread
	return d
}

// OnMount reads the Arx that the address names.
func (d *Detail) OnMount(ctx app.Context) {
	d.ctx = ctx
	d.visit()
}

// OnNav reads what another address names.
func (d *Detail) OnNav(app.Context) { d.visit() }

func (d *Detail) visit() {
	if id := ui.Named(d.ctx.Page(), "/arxes/", ""); id != d.id {
		d.id = id
		d.reading, d.keys = ui.Reading[api.Arx]{}, ui.Reading[api.KeyList]{}
		d.read()
	}
}

func (d *Detail) reread() {
	d.changes++
	d.read()
}

func (d *Detail) read() {
	id := d.id
	d.reading.Start(d.ctx, func(ctx context.Context) (api.Arx, error) {
		return client.Call(ctx, d.session.Client(), api.GetArx, api.ArxID{ID: id})
	}, nil)
	d.keys.Start(d.ctx, func(ctx context.Context) (api.KeyList, error) {
		return client.Call(ctx, d.session.Client(), api.ListKeys, api.ListKeysRequest{ArxID: id, Page: api.Page{Limit: 5}})
	}, nil)
}

func (d *Detail) edit() { d.ctx.Navigate("/arxes/" + d.id + "/edit") }

func missing() app.UI {
	return ui.Missing("No such Arx", "There is no Arx of this id. It may be another organisation’s.", ui.Link{Text: "All Arxes", Href: "/arxes"})
}

// Render draws the page.
func (d *Detail) Render() app.UI {
	a := d.reading.Value
	head := ui.Head{Title: "Arx", Back: &ui.Link{Text: "Arxes", Href: "/arxes"}}
	switch {
	case !d.reading.Here && problem.Is(d.reading.Err, problem.NotFound):
		return missing()
	case !d.reading.Here && d.reading.Err != nil:
		return ui.Page(head, shell.Failure("The Arx could not be loaded", d.reading.Err, false, d.reading.Running, d.read))
	case !d.reading.Here:
		return ui.Page(head, ui.Waiting(d.reading.Slow))
	}
	transitions := d.transitions(a)
	var state app.UI
	if a.Status == api.ArxDeleted {
		state = ui.Banner("", "info", "It is deleted, and its keys with it.", "It stays readable for 90 days.")
	}
	head.Title = a.Name
	head.Under = []app.UI{
		ui.Badge(string(a.Status), ui.Sentence(string(a.Status))),
		app.If(a.IsDefault, ui.Badge("default", "Default")),
		&ui.CopyID{ID: a.ID, Name: "Copy Arx id", Copied: d.clipboard.Has(a.ID), OnCopy: d.copyID},
	}
	head.Actions = ui.ActionButtons(transitions)
	return ui.Page(head,
		ui.Slot(shell.Stale(&d.reading, "The Arx may be out of date.", d.read)),
		ui.Slot(state, ui.Refusals(transitions)),
		app.Div().Class("split").Body(
			app.Div().Class("stack").Body(
				catalog.KeyShares(a.Keys),
				catalog.Keys(&d.keys, "/keys?arx="+a.ID, "None yet. Without a key nothing can call it.", func(k api.KeySummary) app.UI { return app.Text(k.Application.Name) }),
				&activity.History{Session: d.session, ResourceID: a.ID, Version: d.changes},
			),
			app.Div().Class("stack").Body(d.settings(a)),
		),
		ui.Slot(d.confirm.UI()),
	)
}

func (d *Detail) settings(a api.Arx) app.UI {
	now := time.Now()
	facts := []ui.Fact{
		ui.TextFact("Description", a.Description, "None"),
		{Term: "Purpose", Value: []app.UI{app.Text(PurposeName(a.Purpose) + " "), ui.Tag(Env(a.Purpose))}},
		ui.AddressFact("Endpoint", a.Endpoint, "None"),
		ui.TextFact("Provider", ProviderName(a.Provider), ""),
		{Term: "Regions", Value: []app.UI{ui.Tokens(a.Regions)}},
		ui.TextFact("Plan", PlanName(a.Plan), ""),
		ui.TextFact("Encryption", EncryptionName(a.Encryption), ""),
		ui.TextFact("Rotation", ui.Sentence(Every(a.Cycle)), ""),
		ui.TextFact("Owner", a.Owner, "Nobody"),
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
