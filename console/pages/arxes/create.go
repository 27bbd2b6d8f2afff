package arxes

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Create is the wizard that creates an Arx. The input stays in the tab until the Arx is created or the
// person cancels.
type Create struct {
	app.Compo
	session session
	ctx     app.Context
	path    ui.Walk

	entered form
	step    step
	running bool
	err     error

	applications ui.Reading[api.ApplicationList] // an active one, if there is any
}

// NewCreate returns the page.
func NewCreate(s session) *Create { return &Create{session: s} }

// OnMount restores the draft. The session knows its region by now.
func (c *Create) OnMount(ctx app.Context) {
	c.ctx = ctx
	c.path.Begin(ctx)
	c.entered = newForm(c.session.Region())
	c.entered.form.Changed = c.keep
	c.restore()
	c.visit()
	c.applications.Start(ctx, func(ctx context.Context) (api.ApplicationList, error) {
		return client.Call(ctx, c.session.Client(), api.ListApplications, api.ListApplicationsRequest{Page: api.Page{Limit: 1}, Status: api.ApplicationActive})
	}, nil)
}

// OnNav shows the step that the new address names.
func (c *Create) OnNav(app.Context) { c.visit() }

// visit shows the step that the address names, or else the latest step of the draft. If an earlier step is
// invalid, it shows that step instead. While the Arx is being created, it shows the last step.
func (c *Create) visit() {
	if c.path.Left() {
		return
	}
	asked, ok := c.path.Asked()
	if !ok || c.running {
		asked = int(c.step)
	}
	at := max(0, min(step(asked), firstWrong(c.entered.request.Validate())))
	if at != c.step {
		c.show(at)
	}
	c.path.Instead(int(at))
}

func (c *Create) cancel() {
	c.forget()
	c.path.Leave("/arxes")
}

// pick goes back to a completed step.
func (c *Create) pick(s int) { c.goTo(step(s)) }
func (c *Create) back()      { c.goTo(c.step - 1) }

func (c *Create) goTo(s step) {
	c.show(s)
	c.path.To(int(s))
}

func (c *Create) show(s step) {
	c.step, c.err = s, nil
	c.keep()
	ui.Focus(c.ctx, ui.StepTitle)
}

// submit goes to the next step if the fields of this one are valid. On the last step, it creates the Arx.
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
		c.goTo(c.step + 1)
		return
	}
	c.register(invalid)
}

func (c *Create) register(invalid error) {
	if !c.entered.form.Submit(invalid) {
		c.goTo(firstWrong(invalid))
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
		detail := "" // it is unknown whether there is an application
		switch {
		case c.applications.Here && len(c.applications.Value.Items) > 0:
			detail = "API keys can be made for it now."
		case c.applications.Here:
			detail = "An API key for it also needs an active application."
		}
		ui.Notify(c.ctx, ui.Toast{Text: arx.Name + " is created.", Detail: detail, Action: &ui.Link{Text: "Create API key", Href: "/keys/new?arx=" + arx.ID}})
		c.path.Leave("/arxes/" + arx.ID)
	case c.entered.form.Tell(err):
		c.goTo(firstWrong(ui.OfName(err)))
		ui.FocusError(c.ctx)
	default:
		c.err = err
	}
}

// Render draws the step.
func (c *Create) Render() app.UI {
	if me := c.session.Me(); !me.Can[string(api.WriteCatalog)] {
		return shell.Forbidden("Create Arx", "Only owners and admins create Arxes.", me)
	}
	title := steps[c.step]
	head := ui.Head{Title: "Create Arx", Actions: []app.UI{&ui.Button{Label: "Cancel", Icon: "x", Look: ui.Quiet, OnClick: c.cancel}}}
	if c.path.Left() {
		return ui.Page(head)
	}
	return ui.Page(head,
		&ui.Steps{Names: stepNames(), Current: int(c.step), Open: !c.running, OnPick: c.pick},
		app.Div().Class("wizard").Body(
			ui.StepForm(c.submit, title.name, title.lead, []app.UI{c.body()}, c.foot()),
			c.soFar(),
		),
	)
}

// body returns the content of the step. The summary's groups need no padding around them.
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
