package catalog

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Form is the form that edits a record.
type Form[T any, Update api.Request] interface {
	State() *ui.Form
	Fields() []app.UI
	Invalid() error       // the errors of the input
	Change(from T) Update // the differences from the record, bound to its version
}

// edit is the page that edits a record. The request is bound to the version that was read, so that it
// overwrites nothing if somebody else has changed the record since.
type edit[T any, ID, Update api.Request] struct {
	app.Compo
	kind    *Kind[T, ID, Update]
	session Session
	ctx     app.Context

	id      string
	reading ui.Reading[T]
	entered Form[T, Update] // nil until the record is loaded
	sending ui.Submission
}

// NewEdit returns the page that edits a record.
func (k *Kind[T, ID, Update]) NewEdit(s Session) app.Composer {
	return &edit[T, ID, Update]{kind: k, session: s}
}

// OnMount keeps the page's context.
func (e *edit[T, ID, Update]) OnMount(ctx app.Context) {
	e.ctx = ctx
	e.visit()
}

// OnNav reads the record that the new address names.
func (e *edit[T, ID, Update]) OnNav(app.Context) { e.visit() }

func (e *edit[T, ID, Update]) visit() {
	if id := ui.Named(e.ctx.Page(), e.kind.address(""), "/edit"); id != e.id {
		e.id, e.sending.Err = id, nil
		e.reading = ui.Reading[T]{}
		e.read()
	}
}

func (e *edit[T, ID, Update]) read() {
	one := e.kind.ID(e.id)
	read := false
	e.reading.Start(e.ctx, func(ctx context.Context) (T, error) {
		return client.Call(ctx, e.session.Client(), e.kind.Get, one)
	}, func() {
		if e.reading.Err == nil && !read {
			read = true // an automatic reload keeps the input
			e.entered = e.kind.Form(e.reading.Value)
		}
	})
}

// again loads the current version and discards the input.
func (e *edit[T, ID, Update]) again() {
	e.sending.Err = nil
	e.read()
}

func (e *edit[T, ID, Update]) leave() { e.ctx.Navigate(e.kind.address(e.id)) }

func (e *edit[T, ID, Update]) submit(_ app.Context, event app.Event) {
	event.PreventDefault()
	if e.sending.Running || !e.reading.Here {
		return
	}
	form, request := e.entered.State(), e.entered.Change(e.reading.Value)
	if !e.sending.Begin(e.ctx, form, e.entered.Invalid()) {
		return
	}
	ui.Submit(e.ctx, &e.sending, form, func(ctx context.Context) (T, error) {
		return client.Call(ctx, e.session.Client(), e.kind.Update, request)
	}, func(record T) {
		ui.Notify(e.ctx, ui.Toast{Text: e.kind.Summary(record).Name + " is saved."})
		e.leave()
	})
}

// Render draws the form.
func (e *edit[T, ID, Update]) Render() app.UI {
	back := e.kind.list()
	head := ui.Head{Title: "Edit " + e.kind.One, Back: &back}
	if instead := unread(e.kind, head, &e.reading, e.read); instead != nil {
		return instead
	}
	s := e.kind.Summary(e.reading.Value)
	head.Back = &ui.Link{Text: s.Name, Href: e.kind.address(e.id)}
	return ui.Page(head, ui.EditForm{
		Name: head.Title, Fields: e.entered.Fields(), Aside: e.kind.Aside(), Refused: s.WhyNot("update"), Busy: e.sending.Running,
		Err: e.sending.Err, Unsaved: "The " + e.kind.One + " was not saved.", OnAgain: e.again, OnSubmit: e.submit, OnCancel: e.leave,
	}.UI())
}
