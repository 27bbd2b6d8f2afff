package applications

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// actions are what a page lets somebody do with an application. The page draws the dialog.
type actions struct {
	session   session
	ctx       app.Context
	confirm   ui.ConfirmDialog
	clipboard ui.Clipboard
	runner    ui.ActionRunner
	changed   func() // reads again what the page shows
}

func (d *actions) copyID(id string) { d.clipboard.Copy(d.ctx, id, "Application id "+id) }

// menu returns all of them, in the order of a menu: what can't be done says why.
func (d *actions) menu(a api.Application) []ui.Action {
	may := func(does, label, icon string, do func()) ui.Action {
		return ui.Action{Label: label, Icon: icon, Refuse: a.WhyNot(does), Do: do}
	}
	actions := []ui.Action{
		{Label: "Open", Icon: "app", Do: func() { d.ctx.Navigate("/applications/" + a.ID) }},
		{Label: "Copy application id", Icon: "copy", Do: func() { d.copyID(a.ID) }},
		{Label: "Show its API keys", Icon: "key", Do: func() { d.ctx.Navigate("/keys?application=" + a.ID) }},
		may("update", "Edit", "edit", func() { d.ctx.Navigate("/applications/" + a.ID + "/edit") }),
	}
	return append(actions, d.transitions(a)...)
}

// transitions are those that change the state.
func (d *actions) transitions(a api.Application) []ui.Action {
	may := func(does, label, icon string, ends bool, do func()) ui.Action {
		return ui.Action{Label: label, Icon: icon, Ends: ends, Refuse: a.WhyNot(does), Do: do}
	}
	switch a.Status {
	case api.ApplicationArchived:
		return []ui.Action{may("unarchive", "Unarchive", "archive", false, func() { d.unarchive(a) })}
	case api.ApplicationDisabled:
		return []ui.Action{
			may("enable", "Enable", "play", false, func() { d.enable(a) }),
			may("archive", "Archive", "archive", true, func() { d.archive(a) }),
		}
	}
	return []ui.Action{
		may("disable", "Disable", "pause", false, func() { d.disable(a) }),
		may("archive", "Archive", "archive", true, func() { d.archive(a) }),
	}
}

func (d *actions) disable(a api.Application) {
	d.confirm.Open(d.ctx, ui.Confirm{
		Title: "Disable application", Verb: "Disable",
		Lead:  "None of its keys verifies while it is disabled: they are refused as `APPLICATION_INACTIVE`, within seconds. Enabling it brings them back as they were.",
		Stops: stops(a), Look: d.look(a),
		Failed: "It was not disabled.",
		Do:     d.call(api.DisableApplication, a.ID), Done: d.done(a.Name+" is disabled.", catalog.StopWithin(a.Keys.Active)),
	}.Named(a.Name, "application"))
}

func (d *actions) archive(a api.Application) {
	d.confirm.Open(d.ctx, ui.Confirm{
		Title: "Archive application", Verb: "Archive",
		Lead:   "It leaves the lists and its name is free again. Its keys stay, and none of them verifies. Unarchiving brings it back, disabled.",
		Stops:  stops(a),
		Failed: "It was not archived.",
		Do:     d.call(api.ArchiveApplication, a.ID), Done: d.done(a.Name+" is archived.", "Show archived lists it."),
	}.Named(a.Name, "application"))
}

func (d *actions) enable(a api.Application) {
	d.runner.Do(d.ctx, d.call(api.EnableApplication, a.ID), a.Name+" was not enabled.", d.done(a.Name+" is enabled.", "Its keys are as they were."))
}

func (d *actions) unarchive(a api.Application) {
	d.runner.Do(d.ctx, d.call(api.UnarchiveApplication, a.ID), a.Name+" was not unarchived.", d.done(a.Name+" is back, disabled.", "Enable it, and its keys verify again."))
}

func (d *actions) call(op api.Operation[api.ApplicationID, api.Application], id string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.Call(ctx, d.session.Client(), op, api.ApplicationID{ID: id})
		return err
	}
}

// done tells what happened and shows how things stand now.
func (d *actions) done(text, detail string) func() { return ui.Report(d.ctx, text, detail, d.changed) }

// stops is what is known of what stops with the application.
func stops(a api.Application) ui.Stops {
	s := ui.Stops{Facts: func() []ui.Fact {
		return []ui.Fact{
			ui.TextFact("Application", a.Name, ""),
			ui.TextFact("Owner", a.Owner, "Nobody"),
			ui.TextFact("API keys", ui.Count(a.Keys.Active)+" of "+ui.Count(a.Keys.Total)+" active", ""),
		}
	}}
	if a.Status == api.ApplicationActive && a.Keys.Active > 0 {
		s.Warning = ui.Counted(a.Keys.Active, "active key stops.", "active keys stop.")
		s.Detail = "Whatever " + ui.Verbatim(a.Name) + " calls with them refuses it."
	}
	return s
}

// look finds out how many of its keys are at work.
func (d *actions) look(a api.Application) func(context.Context) (ui.Stops, error) {
	return catalog.Look(d.session.Client(), api.ListKeysRequest{ApplicationID: a.ID}, a.Keys.Active, stops(a))
}
