package applications

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Create is the page that creates an application. The input stays in the tab until the application is
// created or the person cancels.
type Create struct {
	app.Compo
	session session
	ctx     app.Context

	entered form
	sending ui.Submission
	arxes   ui.Reading[api.ArxList] // an active one, if there is any
}

// NewCreate returns the page.
func NewCreate(s session) *Create {
	c := &Create{session: s}
	c.entered.form.Changed = c.keep
	return c
}

// OnMount restores the draft.
func (c *Create) OnMount(ctx app.Context) {
	c.ctx = ctx
	c.restore()
	c.arxes.Start(ctx, func(ctx context.Context) (api.ArxList, error) {
		return client.Call(ctx, c.session.Client(), api.ListArxes, api.ListArxesRequest{Page: api.Page{Limit: 1}, Status: api.ArxActive})
	}, nil)
}

func (c *Create) cancel() {
	c.forget()
	c.ctx.Navigate("/applications")
}

// submit creates the application if its fields are valid.
func (c *Create) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	request := c.entered.whole()
	if c.sending.Running || !c.sending.Begin(c.ctx, &c.entered.form, request.Validate()) {
		return
	}
	ui.Submit(c.ctx, &c.sending, &c.entered.form, func(ctx context.Context) (api.Application, error) {
		return client.Call(ctx, c.session.Client(), api.CreateApplication, request)
	}, c.created)
}

func (c *Create) created(a api.Application) {
	c.forget()
	detail := "" // it is unknown whether there is an Arx
	switch {
	case c.arxes.Here && len(c.arxes.Value.Items) > 0:
		detail = "API keys can be made for it now."
	case c.arxes.Here:
		detail = "An API key for it also needs an active Arx."
	}
	ui.Notify(c.ctx, ui.Toast{Text: a.Name + " is registered.", Detail: detail, Action: &ui.Link{Text: "Create API key", Href: "/keys/new?application=" + a.ID}})
	c.ctx.Navigate("/applications/" + a.ID)
}

// Render draws the form.
func (c *Create) Render() app.UI {
	if me := c.session.Me(); !me.Can[string(api.WriteCatalog)] {
		return shell.Forbidden("Create application", "Only owners and admins create applications.", me)
	}
	body := []app.UI{c.entered.described(), c.entered.technologies(), c.entered.owned()}
	if c.sending.Err != nil {
		body = append(body, ui.Banner("bad", "warning", "The application was not registered.", problem.Of(c.sending.Err).Detail))
	}
	return ui.Page(
		ui.Head{Title: "Create application", Back: &ui.Link{Text: "Applications", Href: "/applications"}},
		app.Div().Class("wizard").Body(
			app.Form().Class("card").Attr("novalidate", true).Aria("label", "Create application").OnSubmit(c.submit).Body(
				app.Div().Class("card-body", "form").Body(body...),
				app.Footer().Class("wizard-foot").Body(
					app.Span().Class("push"),
					&ui.Button{Label: "Cancel", OnClick: c.cancel},
					&ui.Button{Label: "Create", Look: ui.Primary, Submit: true, Busy: c.sending.Running},
				),
			),
			aside(),
		),
	)
}

func aside() app.UI {
	return ui.AsideText("Server or client?",
		"A server keeps its access key to itself.",
		"A client runs on users’ devices, where its access key can be read. Its keys verify only for calls from the origins that you allow.")
}
