package arxes

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Create is the wizard that registers an Arx. What is entered outlives a reload of the tab.
type Create struct {
	app.Compo
	session session
	ctx     app.Context

	entered form
	step    step
	running bool
	err     error
}

// NewCreate returns the page.
func NewCreate(s session) *Create {
	return &Create{session: s, entered: form{request: api.CreateArxRequest{
		Purpose: api.DefaultPurpose, Plan: api.DefaultPlan, Provider: api.DefaultProvider,
		Encryption: api.DefaultEncryption, Cycle: api.DefaultCycle,
	}}}
}

// OnMount takes up what a reload has left.
func (c *Create) OnMount(ctx app.Context) {
	c.ctx = ctx
	c.restore()
}

func (c *Create) cancel() {
	c.forget()
	c.ctx.Navigate("/arxes")
}

// pick goes back to a step that is done.
func (c *Create) pick(s int) { c.turn(step(s)) }
func (c *Create) back()      { c.turn(c.step - 1) }

func (c *Create) turn(s step) {
	c.step, c.err = s, nil
	c.keep()
	ui.Focus(c.ctx, stepTitle)
}

// submit goes to the next step once the fields of this one are right; from the last, it registers
// the Arx.
func (c *Create) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	if c.running {
		return
	}
	c.err = nil
	invalid := c.entered.request.Validate()
	if wrong := wrongIn(invalid, c.step); len(wrong) > 0 {
		for _, field := range wrong {
			c.entered.form.Leave(field)
		}
		ui.FocusError(c.ctx)
		return
	}
	if c.step < summary {
		c.turn(c.step + 1)
		return
	}
	c.register(invalid)
}

func (c *Create) register(invalid error) {
	if !c.entered.form.Submit(invalid) {
		c.turn(firstWrong(invalid))
		ui.FocusError(c.ctx)
		return
	}
	c.running = true
	request := c.entered.request
	c.ctx.Async(func() {
		arx, err := client.Call(c.ctx, c.session.Client(), api.CreateArx, request)
		c.ctx.Dispatch(func(app.Context) { c.created(arx, err) })
	})
}

func (c *Create) created(arx api.Arx, err error) {
	c.running = false
	switch {
	case err == nil:
		c.forget()
		ui.Notify(c.ctx, ui.Toast{Text: arx.Name + " is created.", Detail: "API keys can be made for it now.", Action: &ui.Link{Text: "Create API key", Href: "/keys/new"}})
		c.ctx.Navigate("/arxes/" + arx.ID)
	case c.entered.form.Tell(err):
		c.turn(firstWrong(ui.OfName(err)))
		ui.FocusError(c.ctx)
	default:
		c.err = err
	}
}

// Render draws the step.
func (c *Create) Render() app.UI {
	if me := c.session.Me(); !me.Can[string(api.WriteCatalog)] {
		return ui.Forbidden("Create Arx", "Only owners and admins create Arxes.", me)
	}
	title := steps[c.step]
	head := ui.Head{Title: "Create Arx", Actions: []app.UI{&ui.Button{Label: "Cancel", Icon: "x", Look: ui.Quiet, OnClick: c.cancel}}}
	return ui.Page(head,
		&ui.Steps{Names: stepNames(), Current: int(c.step), Open: !c.running, OnPick: c.pick},
		app.Div().Class("wizard").Body(
			app.Form().Class("card").Attr("novalidate", true).Aria("labelledby", stepTitle).OnSubmit(c.submit).Body(
				app.Header().Class("card-head").Body(app.Div().Body(
					app.H2().ID(stepTitle).TabIndex(-1).Text(title.name), app.P().Class("lead").Text(title.lead))),
				c.body(),
				app.Footer().Class("wizard-foot").Body(c.foot()...),
			),
			c.soFar(),
		),
	)
}

// body is the content of the step. The groups of the summary stand in the card as they are.
func (c *Create) body() app.UI {
	if c.step == summary {
		return app.Div().Body(c.content()...)
	}
	return app.Div().Class("card-body", "form").Body(c.content()...)
}

func (c *Create) foot() []app.UI {
	next := &ui.Button{Label: "Next", Look: ui.Primary, Submit: true}
	if c.step == summary {
		next = &ui.Button{Label: "Create", Look: ui.Primary, Submit: true, Busy: c.running}
	}
	if c.step == 0 {
		return []app.UI{app.Span().Class("push"), ui.Slot(), next}
	}
	return []app.UI{app.Span().Class("push"), ui.Slot(&ui.Button{Label: "Back", Disabled: c.running, OnClick: c.back}), next}
}
