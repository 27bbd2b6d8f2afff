package arxes

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// actions are what a page lets somebody do with an Arx. The page draws the dialog.
type actions struct {
	session   session
	ctx       app.Context
	confirm   ui.ConfirmDialog
	clipboard ui.Clipboard
	runner    ui.ActionRunner
	changed   func() // reads again what the page shows
}

func (d *actions) copyID(id string) { d.clipboard.Copy(d.ctx, id, "Arx id "+id) }

// menu returns all of them, in the order of a menu: what can't be done says why.
func (d *actions) menu(a api.Arx) []ui.Action {
	may := func(does, label, icon string, do func()) ui.Action {
		return ui.Action{Label: label, Icon: icon, Refuse: a.WhyNot(does), Do: do}
	}
	actions := []ui.Action{
		{Label: "Open", Icon: "arx", Do: func() { d.ctx.Navigate("/arxes/" + a.ID) }},
		{Label: "Copy Arx id", Icon: "copy", Do: func() { d.copyID(a.ID) }},
		{Label: "Show its API keys", Icon: "key", Do: func() { d.ctx.Navigate("/keys?arx=" + a.ID) }},
		may("update", "Edit", "edit", func() { d.ctx.Navigate("/arxes/" + a.ID + "/edit") }),
	}
	if a.Status == api.ArxDeleted {
		return actions[:2]
	}
	return append(actions, d.transitions(a)...)
}

// transitions are those that change its state, or which is the default.
func (d *actions) transitions(a api.Arx) []ui.Action {
	may := func(does, label, icon string, ends bool, do func()) ui.Action {
		return ui.Action{Label: label, Icon: icon, Ends: ends, Refuse: a.WhyNot(does), Do: do}
	}
	if a.Status == api.ArxDeleted {
		return nil
	}
	state := may("disable", "Disable", "pause", false, func() { d.disable(a) })
	if a.Status == api.ArxDisabled {
		state = may("enable", "Enable", "play", false, func() { d.enable(a) })
	}
	return []ui.Action{
		may("setdefault", "Make default", "star", false, func() { d.makeDefault(a) }),
		state,
		may("delete", "Delete", "trash", true, func() { d.remove(a) }),
	}
}

func (d *actions) disable(a api.Arx) {
	d.confirm.Open(d.ctx, ui.Confirm{
		Title: "Disable Arx", Verb: "Disable",
		Lead:  "None of its keys verifies while it is disabled, and it takes no new ones: they are refused as `ARX_INACTIVE`, within seconds. Enabling it brings them back as they were.",
		Stops: stops(a), Look: d.look(a),
		Failed: "It was not disabled.",
		Do:     d.call(api.DisableArx, a.ID), Done: d.done(a.Name+" is disabled.", catalog.StopWithin(a.Keys.Active)),
	}.Named(a.Name, "Arx"))
}

// remove asks whether the Arx is to be deleted.
func (d *actions) remove(a api.Arx) {
	end := ui.Confirm{
		Title: "Delete Arx", Verb: "Delete",
		Lead:  "Its keys are deleted with it: they are refused as `NOT_FOUND`. Neither can be brought back.",
		Stops: stops(a), Look: d.look(a),
		Failed: "It was not deleted.",
		Do:     d.call(api.DeleteArx, a.ID), Done: d.done(a.Name+" is deleted.", stopped(a.Keys.Total)),
	}
	if a.Status == api.ArxActive && a.May("disable") {
		end.Alternative = &ui.Alternative{Before: "To stop it for a while,", Label: "disable it", After: "instead.", Do: func() { d.disable(a) }}
	}
	d.confirm.Open(d.ctx, end.Named(a.Name, "Arx"))
}

func (d *actions) enable(a api.Arx) {
	d.runner.Do(d.ctx, d.call(api.EnableArx, a.ID), a.Name+" was not enabled.", d.done(a.Name+" is enabled.", "Its keys are as they were."))
}

func (d *actions) makeDefault(a api.Arx) {
	d.runner.Do(d.ctx, d.call(api.SetDefaultArx, a.ID), a.Name+" is not the default.", d.done(a.Name+" is the default.", "New keys are offered for it first."))
}

func (d *actions) call(op api.Operation[api.ArxID, api.Arx], id string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.Call(ctx, d.session.Client(), op, api.ArxID{ID: id})
		return err
	}
}

// done tells what happened and shows how things stand now.
func (d *actions) done(text, detail string) func() { return ui.Report(d.ctx, text, detail, d.changed) }

// stops is what is known of what stops with the Arx.
func stops(a api.Arx) ui.Stops {
	s := ui.Stops{Facts: func() []ui.Fact {
		return []ui.Fact{
			{Term: "Arx", Value: []app.UI{app.Text(a.Name + " "), ui.Tag(Env(a.Purpose))}},
			ui.TextFact("Endpoint", a.Endpoint, "None"),
			ui.TextFact("API keys", ui.Count(a.Keys.Active)+" of "+ui.Count(a.Keys.Total)+" active", ""),
		}
	}}
	if a.Status == api.ArxActive && a.Keys.Active > 0 {
		s.Warning = ui.Counted(a.Keys.Active, "active key stops.", "active keys stop.")
		s.Detail = "Whatever calls " + ui.Verbatim(a.Name) + " with them is refused within seconds."
	}
	return s
}

// stopped says what the deletion of an Arx with so many keys stops.
func stopped(keys int) string {
	switch keys {
	case 0:
		return "It had no keys."
	case 1:
		return "Its key stops within seconds."
	}
	return "Its " + ui.Count(keys) + " keys stop within seconds."
}

// look finds out how many of its keys are at work.
func (d *actions) look(a api.Arx) func(context.Context) (ui.Stops, error) {
	return catalog.Look(d.session.Client(), api.ListKeysRequest{ArxID: a.ID}, a.Keys.Active, stops(a))
}
