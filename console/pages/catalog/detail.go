package catalog

import (
	"context"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/activity"
	"github.com/arxkeys/arxkeys/console/pages/traffic"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// detail is the page of a record.
type detail[T any, ID, Update api.Request] struct {
	app.Compo
	actions Actions[T, ID, Update]

	id      string
	reading ui.Reading[T]
	keys    ui.Reading[api.KeyList]
	stopped ui.Reading[api.KeyList]
	use     traffic.Traffic
	alarm   ui.Alarm
	changes int // number of changes made on this page
}

// NewDetail returns the page of a record.
func (k *Kind[T, ID, Update]) NewDetail(s Session) app.Composer {
	d := &detail[T, ID, Update]{}
	d.actions = Actions[T, ID, Update]{kind: k, session: s, changed: d.changed}
	return d
}

// OnMount reads the record that the address names.
func (d *detail[T, ID, Update]) OnMount(ctx app.Context) {
	d.actions.ctx = ctx
	ui.OnChanged(ctx, func(is T) {
		if d.actions.kind.Summary(is).ID == d.id {
			d.show(is)
		}
	})
	d.visit()
}

// OnNav reads the record that the new address names.
func (d *detail[T, ID, Update]) OnNav(app.Context) { d.visit() }

func (d *detail[T, ID, Update]) visit() {
	if id := ui.Named(d.actions.ctx.Page(), d.actions.kind.address(""), ""); id != d.id {
		d.id = id
		d.reading, d.keys, d.stopped = ui.Reading[T]{}, ui.Reading[api.KeyList]{}, ui.Reading[api.KeyList]{}
		d.use.Reading.Forget()
		d.read()
	}
}

// changed shows the answer to a change, and reloads everything. The title gets the focus, because the button that
// had it may be gone.
func (d *detail[T, ID, Update]) changed(is T) {
	ui.FocusTitle(d.actions.ctx)
	d.show(is)
	d.changes++
	d.read()
}

// show shows the answer to a change, also in the statuses of the keys.
func (d *detail[T, ID, Update]) show(is T) {
	k := d.actions.kind
	d.reading.Value = is
	for _, list := range []*api.KeyList{&d.keys.Value, &d.stopped.Value} {
		items := make([]api.KeySummary, len(list.Items))
		for i, key := range list.Items {
			items[i] = k.With(key, is)
		}
		if k.Summary(is).Final { // its keys are deleted with it
			items = nil
		}
		list.Items = items
	}
}

func (d *detail[T, ID, Update]) read() {
	k, c := d.actions.kind, d.actions.session.Client()
	one, keys := k.ID(d.id), k.Keys(d.id)
	keys.Limit = shownKeys
	d.reading.Start(d.actions.ctx, func(ctx context.Context) (T, error) { return client.Call(ctx, c, k.Get, one) }, nil)
	d.keys.Start(d.actions.ctx, func(ctx context.Context) (api.KeyList, error) { return client.Call(ctx, c, api.ListKeys, keys) }, nil)
	stopped := k.Keys(d.id)
	stopped.Status, stopped.Limit = api.StoppedKeys, api.MaxPageItems
	d.stopped.Start(d.actions.ctx, func(ctx context.Context) (api.KeyList, error) { return client.Call(ctx, c, api.ListKeys, stopped) }, nil)
	of := api.UsageRequest{ApplicationID: d.id}
	if strings.HasPrefix(d.id, api.ArxPrefix) {
		of = api.UsageRequest{ArxID: d.id}
	}
	d.use.Read(d.actions.ctx, traffic.Load(c, of))
}

func (d *detail[T, ID, Update]) edit() {
	d.actions.ctx.Navigate(d.actions.kind.address(d.id) + "/edit")
}

// buttons returns the actions at the top of the page.
func (d *detail[T, ID, Update]) buttons(s Summary) []app.UI {
	k := d.actions.kind
	var actions []ui.Action
	if !s.Gone {
		create := ui.Action{Label: "Create API key", Icon: "plus", Look: ui.Primary, Do: d.createKey}
		if s.Status != "active" {
			create.Refuse = "Enable the " + k.One + " first."
		}
		actions = append(actions, create, d.actions.Offer(d.reading.Value, "update", "Edit", "edit", d.edit))
	}
	first := len(actions)
	for _, a := range k.Transitions(&d.actions, d.reading.Value) {
		if a.Ends { // last, after copying
			actions = append(actions, ui.Action{Label: "Copy " + k.One + " id", Icon: "copy", Do: func() { d.actions.copyID(s.ID) }})
		}
		actions = append(actions, a)
	}
	return ui.TopActions(s.ID, s.Name, max(first, 1), actions)
}

func (d *detail[T, ID, Update]) createKey() { d.actions.ctx.Navigate(d.actions.kind.NewKey + d.id) }

// Render draws the page.
func (d *detail[T, ID, Update]) Render() app.UI {
	k, record, back := d.actions.kind, d.reading.Value, d.actions.kind.list()
	head := ui.Head{Title: ui.Sentence(k.One), Back: &back}
	if instead := unread(k, ui.Loading(head), &d.reading, d.read); instead != nil {
		return instead
	}
	s := k.Summary(record)
	var state app.UI
	if k.State != nil {
		state = k.State(record)
	}
	head.Title = s.Name
	head.Under = []app.UI{
		statusBadge(s),
		app.If(s.Default, defaultBadge()),
		&ui.CopyID{ID: s.ID, Name: "Copy " + k.One + " id", Of: s.Name, Copied: d.actions.clipboard.Has(s.ID), OnCopy: d.actions.copyID},
	}
	head.Actions = d.buttons(s)
	return ui.Page(head,
		ui.Slot(shell.Stale(&d.reading, "The "+k.One+" may be out of date.", d.read)),
		ui.Slot(state),
		app.Div().Class("split").Body(
			app.Div().Class("stack").Body(
				keyShares(s, &d.stopped),
				d.use.Card("Verifications by outcome", d.use.Choice(), time.Now()),
				keyCard(d.actions.ctx, &d.alarm, &d.keys, s.Keys.Total, k.AllKeys+s.ID, k.NoKeys, k.Joined),
				d.use.Refusals(k.AllKeys+s.ID+"&"),
				d.use.Pairs(k.Tag),
				&activity.History{Session: d.actions.session, ResourceID: s.ID, Version: d.changes},
			),
			app.Div().Class("stack").Body(d.settings(s)),
		),
		ui.Slot(d.actions.confirm.UI()),
	)
}

func (d *detail[T, ID, Update]) settings(s Summary) app.UI {
	now := time.Now()
	facts := append([]ui.Fact{ui.TextFact("Description", s.Description, "None")}, d.actions.kind.Facts(d.reading.Value)...)
	facts = append(facts,
		ui.Fact{Term: "Created", Value: []app.UI{ui.Date(s.CreatedAt, now), app.Small().Text(s.CreatedBy.Name)}},
		ui.Fact{Term: "Updated", Value: []app.UI{ui.When(s.UpdatedAt, now), app.Small().Text(s.UpdatedBy.Name)}},
	)
	return app.Section().Class("card").Aria("labelledby", "settings-title").Body(
		app.Header().Class("card-head").Body(
			app.H2().ID("settings-title").Text("Settings"),
		),
		app.Div().Class("card-body").Body(ui.Facts(facts...)),
	)
}

// unread draws the page while the record is loading, if it could not be loaded, or if it does not exist.
// It returns nil once the record is loaded.
func unread[T any, ID, Update api.Request](k *Kind[T, ID, Update], head ui.Head, r *ui.Reading[T], read func()) app.UI {
	switch {
	case r.Here:
		return nil
	case problem.Is(r.Err, problem.NotFound):
		return k.missing()
	case r.Err != nil:
		return ui.Page(head, shell.Failure("The "+k.One+" could not be loaded", r.Err, false, r.Running, read))
	}
	return ui.Page(head, ui.Waiting(r.Slow))
}
