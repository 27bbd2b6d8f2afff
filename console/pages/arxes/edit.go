package arxes

import (
	"context"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Edit is the page that changes an Arx. What is sent is bound to what was read: where
// somebody else has changed it meanwhile, nothing is written over.
type Edit struct {
	app.Compo
	session session
	ctx     app.Context

	id      string
	reading ui.Reading[api.Arx]
	entered form
	running bool
	err     error
}

// NewEdit returns the page.
func NewEdit(s session) *Edit { return &Edit{session: s} }

// OnMount keeps the page's context.
func (e *Edit) OnMount(ctx app.Context) {
	e.ctx = ctx
	e.visit()
}

// OnNav reads what another address names.
func (e *Edit) OnNav(app.Context) { e.visit() }

func (e *Edit) visit() {
	if id := ui.Named(e.ctx.Page(), "/arxes/", "/edit"); id != e.id {
		e.id, e.err = id, nil
		e.reading = ui.Reading[api.Arx]{}
		e.read()
	}
}

func (e *Edit) read() {
	id := e.id
	read := false
	e.reading.Start(e.ctx, func(ctx context.Context) (api.Arx, error) {
		return client.Call(ctx, e.session.Client(), api.GetArx, api.ArxID{ID: id})
	}, func() {
		if a := e.reading.Value; e.reading.Err == nil && !read {
			read = true // what is entered stays when it is read again by itself
			e.entered = form{fixed: true, request: api.CreateArxRequest{
				Name: a.Name, Description: a.Description, Purpose: a.Purpose, Plan: a.Plan, Provider: a.Provider, Regions: a.Regions,
				Encryption: a.Encryption, Cycle: a.Cycle, Endpoint: a.Endpoint, Owner: a.Owner,
			}}
		}
	})
}

// again takes the newest, and gives up what was entered.
func (e *Edit) again() {
	e.err = nil
	e.read()
}

func (e *Edit) leave() { e.ctx.Navigate("/arxes/" + e.id) }

// change returns what differs from what was read.
func change(from api.Arx, to api.CreateArxRequest) api.UpdateArxRequest {
	r := api.UpdateArxRequest{
		ID: from.ID, Conditional: api.IfVersion(from.Version),
		Name:        api.Differing(from.Name, to.Name),
		Description: api.Differing(from.Description, to.Description),
		Owner:       api.DifferingText(from.Owner, to.Owner),
		Endpoint:    api.DifferingText(from.Endpoint, to.Endpoint),
		Cycle:       api.Differing(from.Cycle, to.Cycle),
	}
	if !slices.Equal(to.Regions, from.Regions) {
		r.Regions = api.Set(to.Regions)
	}
	return r
}

func (e *Edit) submit(_ app.Context, event app.Event) {
	event.PreventDefault()
	if e.running || !e.reading.Here {
		return
	}
	e.err = nil
	entered := e.entered.request
	if !e.entered.form.Submit(entered.Validate()) {
		ui.FocusError(e.ctx)
		return
	}
	e.running = true
	request := change(e.reading.Value, entered)
	e.ctx.Async(func() {
		arx, err := client.Call(e.ctx, e.session.Client(), api.UpdateArx, request)
		e.ctx.Dispatch(func(app.Context) { e.saved(arx, err) })
	})
}

func (e *Edit) saved(arx api.Arx, err error) {
	e.running = false
	switch {
	case err == nil:
		ui.Notify(e.ctx, ui.Toast{Text: arx.Name + " is saved."})
		e.leave()
	case e.entered.form.Tell(err):
		ui.FocusError(e.ctx)
	default:
		e.err = err
	}
}

// Render draws the form.
func (e *Edit) Render() app.UI {
	a := e.reading.Value
	head := ui.Head{Title: "Edit Arx", Back: &ui.Link{Text: "Arxes", Href: "/arxes"}}
	if e.reading.Here {
		head.Back = &ui.Link{Text: a.Name, Href: "/arxes/" + e.id}
	}
	switch {
	case !e.reading.Here && problem.Is(e.reading.Err, problem.NotFound):
		return missing()
	case !e.reading.Here && e.reading.Err != nil:
		return ui.Page(head, shell.Failure("The Arx could not be loaded", e.reading.Err, false, e.reading.Running, e.read))
	case !e.reading.Here:
		return ui.Page(head, ui.Waiting(e.reading.Slow))
	}
	return ui.Page(head, ui.EditForm{
		Name: head.Title, Fields: []app.UI{e.entered.described(), e.entered.placed(), e.entered.cycles(), e.entered.owned()}, Aside: aside(), Refused: a.WhyNot("update"), Busy: e.running,
		Err: e.err, Unsaved: "The Arx was not saved.", OnAgain: e.again, OnSubmit: e.submit, OnCancel: e.leave,
	}.UI())
}
