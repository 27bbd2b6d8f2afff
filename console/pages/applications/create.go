package applications

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Create is the page that registers an application. What is entered stays in the tab until it is created
// or given up.
type Create struct {
	app.Compo
	session session
	ctx     app.Context

	entered form
	running bool
	err     error
}

// NewCreate returns the page.
func NewCreate(s session) *Create {
	c := &Create{session: s}
	c.entered.form.Changed = c.keep
	return c
}

// OnMount takes up what was entered before.
func (c *Create) OnMount(ctx app.Context) {
	c.ctx = ctx
	c.restore()
}

func (c *Create) cancel() {
	c.forget()
	c.ctx.Navigate("/applications")
}

// submit registers the application, once its fields are right.
func (c *Create) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	if c.running {
		return
	}
	c.err = nil
	request := c.entered.whole()
	if !c.entered.form.Submit(request.Validate()) {
		ui.FocusError(c.ctx)
		return
	}
	c.running = true
	c.ctx.Async(func() {
		application, err := client.Call(c.ctx, c.session.Client(), api.CreateApplication, request)
		c.ctx.Dispatch(func(app.Context) { c.created(application, err) })
	})
}

func (c *Create) created(application api.Application, err error) {
	c.running = false
	switch {
	case err == nil:
		c.forget()
		ui.Notify(c.ctx, ui.Toast{Text: application.Name + " is registered.", Detail: "API keys can be made for it now.", Action: &ui.Link{Text: "Create API key", Href: "/keys/new"}})
		c.ctx.Navigate("/applications/" + application.ID)
	case c.entered.form.Tell(err):
		ui.FocusError(c.ctx)
	default:
		c.err = err
	}
}

// Render draws the form.
func (c *Create) Render() app.UI {
	if me := c.session.Me(); !me.Can[string(api.WriteCatalog)] {
		return shell.Forbidden("Create application", "Only owners and admins create applications.", me)
	}
	body := []app.UI{c.entered.described(), c.entered.technologies(), c.entered.owned()}
	if c.err != nil {
		body = append(body, ui.Banner("bad", "warning", "The application was not registered.", problem.Of(c.err).Detail))
	}
	return ui.Page(
		ui.Head{Title: "Create application", Back: &ui.Link{Text: "Applications", Href: "/applications"}},
		app.Div().Class("wizard").Body(
			app.Form().Class("card").Attr("novalidate", true).Aria("label", "Create application").OnSubmit(c.submit).Body(
				app.Div().Class("card-body", "form").Body(body...),
				app.Footer().Class("wizard-foot").Body(
					app.Span().Class("push"),
					&ui.Button{Label: "Cancel", OnClick: c.cancel},
					&ui.Button{Label: "Create", Look: ui.Primary, Submit: true, Busy: c.running},
				),
			),
			aside(),
		),
	)
}

func aside() app.UI {
	return app.Aside().Class("card", "aside").Aria("labelledby", "aside-title").Body(
		app.Header().Class("card-head").Body(app.H2().ID("aside-title").Text("Server or client?")),
		app.Div().Class("card-body", "stack-sm").Body(
			app.P().Class("hint").Text("A server keeps its access key to itself."),
			app.P().Class("hint").Text("A client runs on users’ devices, where its access key can be read. Its keys verify only for calls from the origins that you allow."),
		),
	)
}
