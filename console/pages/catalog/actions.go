package catalog

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Actions are the actions of a page with records. The page draws the dialog.
type Actions[T any, ID, Update api.Request] struct {
	kind      *Kind[T, ID, Update]
	session   Session
	ctx       app.Context
	confirm   ui.ConfirmDialog
	clipboard ui.Clipboard
	runner    ui.ActionRunner
	changed   func(T) // shows the answer to a change, and reloads what the page shows
}

func (a *Actions[T, ID, Update]) copyID(id string) {
	a.clipboard.Copy(a.ctx, id, ui.Sentence(a.kind.One)+" id "+id)
}

// menu returns all actions, in the order of a menu.
func (a *Actions[T, ID, Update]) menu(record T) []ui.Action {
	s := a.kind.Summary(record)
	page := a.kind.address(s.ID)
	actions := []ui.Action{
		{Label: "Open", Icon: a.kind.Icon, Do: func() { a.ctx.Navigate(page) }},
		{Label: "Copy " + a.kind.One + " id", Icon: "copy", Do: func() { a.copyID(s.ID) }},
	}
	if s.Final {
		return actions
	}
	actions = append(actions,
		ui.Action{Label: "Show its API keys", Icon: "key", Do: func() { a.ctx.Navigate(a.kind.AllKeys + s.ID) }},
		a.Offer(record, "update", "Edit", "edit", func() { a.ctx.Navigate(page + "/edit") }),
	)
	return append(actions, a.kind.Transitions(a, record)...)
}

// Offer returns the action. If the permit does not allow it, the action says why.
func (a *Actions[T, ID, Update]) Offer(record T, permit, label, icon string, do func()) ui.Action {
	return ui.Action{Label: label, Icon: icon, Refuse: a.kind.Summary(record).WhyNot(permit), Do: do}
}

// Run runs an operation at once, and reports its outcome in a sentence that starts with the record's name.
func (a *Actions[T, ID, Update]) Run(record T, op api.Operation[api.Target, T], failed, done, detail string) {
	s := a.kind.Summary(record)
	do, read := a.call(op, s.ID)
	a.runner.Do(a.ctx, do, s.Name+" "+failed, ui.Report(a.ctx, ui.Toast{Text: s.Name + " " + done, Detail: detail}, read))
}

// Enable runs the operation that enables the record.
func (a *Actions[T, ID, Update]) Enable(record T, op api.Operation[api.Target, T]) {
	a.Run(record, op, "was not enabled.", "is enabled.", "Its keys are as they were.")
}

// Confirm asks before an operation that stops the record's keys, and requires the record's name. C has the
// texts; done is the end of the sentence that reports the outcome.
func (a *Actions[T, ID, Update]) Confirm(record T, c ui.Confirm, op api.Operation[api.Target, T], done, detail string) {
	a.ask(record, c, op, ui.Toast{Text: a.kind.Summary(record).Name + " " + done, Detail: detail})
}

// Disable asks before it disables the record, and offers to undo it. The lead states the consequences.
func (a *Actions[T, ID, Update]) Disable(record T, op api.Operation[api.Target, T], lead string) {
	s := a.kind.Summary(record)
	a.ask(record, ui.Confirm{
		Title: "Disable " + a.kind.One, Verb: "Disable", Lead: lead, Look: a.Use(record), Failed: "It was not disabled.",
	}, op, ui.Toast{
		Text: s.Name + " is disabled.", Detail: stopWithin(s.Keys.Active), NotUndone: s.Name + " was not enabled.",
		Undo: func(ctx context.Context) (ui.Toast, error) {
			is, err := client.Call(ctx, a.session.Client(), a.kind.Enable, api.Target{ID: s.ID})
			return ui.Toast{Text: s.Name + " is enabled.", Detail: "Its keys are as they were.", Is: is}, err
		},
	})
}

// ask is Confirm, with the toast that reports the outcome.
func (a *Actions[T, ID, Update]) ask(record T, c ui.Confirm, op api.Operation[api.Target, T], done ui.Toast) {
	s := a.kind.Summary(record)
	do, show := a.call(op, s.ID)
	c.Stops, c.Do, c.Done = a.kind.stops(record), do, ui.Report(a.ctx, done, show)
	a.confirm.Open(a.ctx, c.Named(s.Name, a.kind.One))
}

// call returns a function that calls the operation, and one that shows its answer.
func (a *Actions[T, ID, Update]) call(op api.Operation[api.Target, T], id string) (do func(context.Context) error, show func()) {
	var is T
	do = func(ctx context.Context) (err error) {
		is, err = client.Call(ctx, a.session.Client(), op, api.Target{ID: id})
		return err
	}
	return do, func() { a.changed(is) }
}

// Use returns a function that looks up how many of the record's keys are in use, or nil if no key is active.
func (a *Actions[T, ID, Update]) Use(record T) func(context.Context) (ui.Stops, error) {
	s := a.kind.Summary(record)
	return look(a.session.Client(), a.kind.Keys(s.ID), s.Keys.Active, a.kind.stops(record))
}

// stops returns what is known about what stops with the record.
func (k *Kind[T, ID, Update]) stops(record T) ui.Stops {
	s := k.Summary(record)
	stops := ui.Stops{Facts: func() []ui.Fact {
		return append(k.StopFacts(record), ui.TextFact("API keys", ui.Count(s.Keys.Total)+apart(", ", s.Keys), ""))
	}}
	if s.Status == "active" && s.Keys.Active > 0 {
		stops.Warning = "Its active keys stop." // how many is looked up: the other side of a key may have stopped it already
		stops.Detail = k.StopDetail(ui.Verbatim(s.Name))
	}
	return stops
}

// apart says how many of the keys are off by themselves, after the text before: 1 disabled, 2 expired. It does not
// say how many are active, because others may stop those.
func apart(before string, t api.KeyTotals) string {
	var off []string
	if t.Disabled > 0 {
		off = append(off, ui.Count(t.Disabled)+" disabled")
	}
	if t.Expired > 0 {
		off = append(off, ui.Count(t.Expired)+" expired")
	}
	if len(off) == 0 {
		return ""
	}
	return before + strings.Join(off, ", ")
}

// AllStopWithin says how soon the keys of a deleted record are deleted too.
func AllStopWithin(t api.KeyTotals) string {
	if t.Total == 0 {
		return "It had no keys."
	}
	return ui.Counted(t.Total, "key is", "keys are") + " deleted with it, within seconds."
}

// stopWithin says how soon a disabled record's keys stop. It does not say how many, because others may have stopped
// some of them already.
func stopWithin(active int) string {
	if active == 0 {
		return "It had no active keys."
	}
	return "Its active keys stop within seconds."
}
