package applications

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Create is the page that registers an application.
type Create struct {
	app.Compo
	session session
	ctx     app.Context

	request api.CreateApplicationRequest
	origins []string // kept while another technology is tried
	typed   string   // of an origin that is not whole yet
	form    ui.Form
	running bool
	err     error
}

// NewCreate returns the page.
func NewCreate(s session) *Create { return &Create{session: s} }

// OnMount keeps the page's context.
func (c *Create) OnMount(ctx app.Context) { c.ctx = ctx }

func (c *Create) setName(text string) { c.request.Name = text; c.form.Change("name") }
func (c *Create) setDescription(text string) {
	c.request.Description = text
	c.form.Change("description")
}
func (c *Create) setOwner(text string) { c.request.Owner = text; c.form.Change("owner") }
func (c *Create) cancel()              { c.ctx.Navigate("/applications") }

func (c *Create) setTechnology(t api.Technology) {
	c.request.Technology = t
	c.form.Change("technology")
	c.form.Change("allowed_origins")
}

func (c *Create) setOrigins(origins []string, typed string) {
	c.origins, c.typed = origins, typed
	c.form.Change("allowed_origins")
}

// whole returns the request as the form stands.
func (c *Create) whole() api.CreateApplicationRequest {
	request := c.request
	if request.Technology == api.Client {
		request.AllowedOrigins = c.origins
		if c.typed != "" {
			request.AllowedOrigins = append(request.AllowedOrigins[:len(c.origins):len(c.origins)], c.typed)
		}
	}
	return request
}

// submit registers the application, once its fields are right.
func (c *Create) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	if c.running {
		return
	}
	c.err = nil
	request := c.whole()
	if !c.form.Submit(request.Validate()) {
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
		ui.Notify(c.ctx, ui.Toast{Text: application.Name + " is registered.", Detail: "API keys can be made for it now.", Action: &ui.Link{Text: "Create API key", Href: "/keys/new"}})
		c.ctx.Navigate("/applications")
	case c.form.Tell(err):
		ui.FocusError(c.ctx)
	case problem.Is(err, problem.NameTaken):
		c.form.Tell(problem.Invalid(problem.Field{Field: "name", Code: "taken", Detail: problem.Of(err).Detail}))
		ui.FocusError(c.ctx)
	default:
		c.err = err
	}
}

// Render draws the form.
func (c *Create) Render() app.UI {
	body := []app.UI{c.described(), c.technologies(), c.owned()}
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
			app.P().Class("hint").Text("A client runs at its users’, where a key can be read. Its keys verify only for calls from the origins that you allow."),
		),
	)
}

func (c *Create) described() app.UI {
	invalid := c.whole().Validate()
	return app.Div().Class("form-group").Body(
		&ui.TextField{
			ID: "name", Label: "Name", Value: c.request.Name, Error: c.form.Error("name", invalid),
			OnInput: c.setName, OnLeave: func() { c.form.Leave("name") },
		},
		&ui.TextField{
			ID: "description", Label: "Description", Note: "Optional", Lines: 2, Value: c.request.Description, Error: c.form.Error("description", invalid),
			OnInput: c.setDescription, OnLeave: func() { c.form.Leave("description") },
		},
	)
}

func (c *Create) technologies() app.UI {
	invalid := c.whole().Validate()
	notes := map[api.Technology]string{api.Server: "A backend, a job, a script", api.Client: "A web page or an app at its users’"}
	var cards []app.UI
	for _, t := range []api.Technology{api.Server, api.Client} {
		cards = append(cards, &ui.Choice{
			Group: "technology", Value: string(t), Title: TechnologyName(t), Note: notes[t], Chosen: c.request.Technology == t,
			OnChoose: func(bool) { c.setTechnology(t) },
		})
	}
	fault := ""
	if c.form.Error("technology", invalid) != "" {
		fault = "Choose where it runs."
	}
	body := []app.UI{ui.Choices{ID: "technologies", Legend: "Technology", Error: fault, Cols: 2, Cards: cards}.UI()}
	if c.request.Technology == api.Client {
		body = append(body, &ui.TokenField{
			ID: "allowed-origins", Label: "Allowed origins", Note: "Up to 10", Tokens: c.origins, Typed: c.typed, Placeholder: "https://shop.example",
			Hint: "As browsers send it: `https`, a host, perhaps a port, no path. Enter ends one.", Error: c.form.Error("allowed_origins", invalid),
			Refuse: refuseOrigin, OnChange: c.setOrigins, OnLeave: func() { c.form.Leave("allowed_origins") },
		})
	}
	return app.Div().Class("form-group").Body(body...)
}

// refuseOrigin says why the text is no origin.
func refuseOrigin(text string) string {
	if api.ValidOrigin(text) {
		return ""
	}
	return "Not an origin. Write `https`, a host and perhaps a port, in lower case: `https://shop.example`."
}

func (c *Create) owned() app.UI {
	return app.Div().Class("form-group").Body(&ui.TextField{
		ID: "owner", Label: "Owner", Note: "Optional", Value: c.request.Owner, Hint: "Whom to ask about it: an e-mail address, or a subject. You, if left empty.",
		Error: c.form.Error("owner", c.whole().Validate()), OnInput: c.setOwner, OnLeave: func() { c.form.Leave("owner") },
	})
}
