package arxes

import (
	"fmt"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Create is the page that registers an Arx.
type Create struct {
	app.Compo
	session session
	ctx     app.Context

	request api.CreateArxRequest
	search  string // among the regions
	form    ui.Form
	running bool
	err     error
}

// NewCreate returns the page.
func NewCreate(s session) *Create {
	return &Create{session: s, request: api.CreateArxRequest{
		Purpose: api.DefaultPurpose, Plan: api.DefaultPlan, Provider: api.DefaultProvider,
		Encryption: api.DefaultEncryption, Cycle: api.DefaultCycle,
	}}
}

// OnMount keeps the page's context.
func (c *Create) OnMount(ctx app.Context) { c.ctx = ctx }

func (c *Create) setName(text string) { c.request.Name = text; c.form.Change("name") }
func (c *Create) setDescription(text string) {
	c.request.Description = text
	c.form.Change("description")
}
func (c *Create) setEndpoint(text string) { c.request.Endpoint = text; c.form.Change("endpoint") }
func (c *Create) setOwner(text string)    { c.request.Owner = text; c.form.Change("owner") }
func (c *Create) setSearch(text string)   { c.search = text }
func (c *Create) cancel()                 { c.ctx.Navigate("/arxes") }

// setProvider takes the regions back: they were another provider's.
func (c *Create) setProvider(p api.Provider) {
	if p != c.request.Provider {
		c.request.Provider, c.request.Regions, c.search = p, nil, ""
	}
}

func (c *Create) setRegion(code string, chosen bool) {
	c.form.Change("regions")
	c.request.Regions = slices.DeleteFunc(c.request.Regions, func(r string) bool { return r == code })
	if chosen {
		c.request.Regions = append(c.request.Regions, code)
	}
}

// submit registers the Arx, once its fields are right.
func (c *Create) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	if c.running {
		return
	}
	c.err = nil
	if !c.form.Submit(c.request.Validate()) {
		ui.FocusError(c.ctx)
		return
	}
	c.running = true
	request := c.request
	c.ctx.Async(func() {
		arx, err := client.Call(c.ctx, c.session.Client(), api.CreateArx, request)
		c.ctx.Dispatch(func(app.Context) { c.created(arx, err) })
	})
}

func (c *Create) created(arx api.Arx, err error) {
	c.running = false
	switch {
	case err == nil:
		ui.Notify(c.ctx, ui.Toast{Text: arx.Name + " is created.", Detail: "API keys can be made for it now.", Action: &ui.Link{Text: "Create API key", Href: "/keys/new"}})
		c.ctx.Navigate("/arxes")
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
	body := []app.UI{c.described(), c.purposes(), c.places(), c.safety(), c.owned()}
	if c.err != nil {
		body = append(body, ui.Banner("bad", "warning", "The Arx was not created.", problem.Of(c.err).Detail))
	}
	return ui.Page(
		ui.Head{Title: "Create Arx", Back: &ui.Link{Text: "Arxes", Href: "/arxes"}},
		app.Div().Class("wizard").Body(
			app.Form().Class("card").Attr("novalidate", true).Aria("label", "Create Arx").OnSubmit(c.submit).Body(
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
		app.Header().Class("card-head").Body(app.H2().ID("aside-title").Text("What can change later")),
		app.Div().Class("card-body", "stack-sm").Body(
			app.P().Class("hint").Text("Through the API, name, description, endpoint, owner, regions and rotation cycle can."),
			app.P().Class("hint").Text("Purpose, plan, provider and encryption can’t: keys carry the purpose in their first letters, and the rest is how the cluster was built."),
		),
	)
}

func (c *Create) described() app.UI {
	invalid := c.request.Validate()
	return app.Div().Class("form-group").Body(
		&ui.TextField{
			ID: "name", Label: "Name", Value: c.request.Name, Error: c.form.Error("name", invalid),
			OnInput: c.setName, OnLeave: func() { c.form.Leave("name") },
		},
		&ui.TextField{
			ID: "description", Label: "Description", Note: "Optional", Lines: 2, Value: c.request.Description, Error: c.form.Error("description", invalid),
			OnInput: c.setDescription, OnLeave: func() { c.form.Leave("description") },
		},
		&ui.TextField{
			ID: "endpoint", Label: "Endpoint", Note: "Optional", InputType: "url", Mono: true, Placeholder: "https://", Value: c.request.Endpoint,
			Hint: "Where the Arx is reached. It goes with every new access key and every verification.", Error: c.form.Error("endpoint", invalid),
			OnInput: c.setEndpoint, OnLeave: func() { c.form.Leave("endpoint") },
		},
	)
}

func (c *Create) purposes() app.UI {
	cards := make([]app.UI, len(api.Purposes))
	for i, p := range api.Purposes {
		cards[i] = &ui.Choice{
			Group: "purpose", Value: string(p), Title: PurposeName(p), Tag: Env(p), Chosen: c.request.Purpose == p,
			OnChoose: func(bool) { c.request.Purpose = p },
		}
	}
	notes := map[api.Plan]string{api.Serverless: "Scales by itself, shared machines", api.Dedicated: "Machines of its own"}
	plans := make([]app.UI, len(api.Plans))
	for i, p := range api.Plans {
		plans[i] = &ui.Choice{
			Group: "plan", Value: string(p), Title: PlanName(p), Note: notes[p], Chosen: c.request.Plan == p,
			OnChoose: func(bool) { c.request.Plan = p },
		}
	}
	return app.Div().Class("form-group").Body(
		ui.Choices{ID: "purposes", Legend: "Purpose", Hint: "Its access keys begin with `arxk_" + Env(c.request.Purpose) + "_`.", Cols: 4, Cards: cards}.UI(),
		ui.Choices{ID: "plans", Legend: "Plan", Cols: 2, Cards: plans}.UI(),
	)
}

func (c *Create) places() app.UI {
	providers := make([]app.UI, len(api.Providers))
	for i, p := range api.Providers {
		providers[i] = &ui.Choice{
			Group: "provider", Value: string(p), Title: ProviderName(p), Chosen: c.request.Provider == p,
			OnChoose: func(bool) { c.setProvider(p) },
		}
	}
	full := len(c.request.Regions) >= api.MaxRegions
	var regions []app.UI
	offers, more := regionsToOffer(c.request.Provider, c.request.Regions, c.search)
	for _, r := range offers {
		chosen := slices.Contains(c.request.Regions, r.Code)
		regions = append(regions, &ui.Choice{
			Group: "region", Value: r.Code, Title: r.Code, Code: true, Note: r.City, Many: true, Chosen: chosen, Disabled: full && !chosen,
			OnChoose: func(on bool) { c.setRegion(r.Code, on) },
		})
	}
	hint := ""
	switch {
	case full:
		hint = "That is the most an Arx may have. Take one away to choose another."
	case !slices.ContainsFunc(offers, func(r region) bool { return r.isFoundBy(c.search) }):
		hint = "No region is called that. Type a whole code, such as `eu-central-1`, to use one that is not listed."
	case more > 0:
		hint = ui.Counted(more, "more region", "more regions") + ": search for a code or a city."
	}
	return app.Div().Class("form-group").Body(
		ui.Choices{ID: "providers", Legend: "Provider", Cols: 3, Cards: providers}.UI(),
		ui.Choices{
			ID: "regions", Legend: "Regions", Note: fmt.Sprintf("%d of up to %d chosen", len(c.request.Regions), api.MaxRegions), Cols: 4, Many: true,
			Hint: hint, Error: c.form.Error("regions", c.request.Validate()),
			Before: []app.UI{&ui.Search{ID: "region-search", Name: "Search regions", Placeholder: "Search by code or city", Value: c.search, OnSearch: c.setSearch}},
			Cards:  regions,
		}.UI(),
	)
}

func (c *Create) safety() app.UI {
	methods := make([]app.UI, len(api.Encryptions))
	for i, e := range api.Encryptions {
		methods[i] = &ui.Choice{
			Group: "encryption", Value: string(e), Title: EncryptionName(e), Chosen: c.request.Encryption == e,
			OnChoose: func(bool) { c.request.Encryption = e },
		}
	}
	cycles := make([]app.UI, len(api.Cycles))
	for i, cycle := range api.Cycles {
		cycles[i] = &ui.Choice{
			Group: "cycle", Value: string(cycle), Title: ui.Sentence(Every(cycle)), Chosen: c.request.Cycle == cycle,
			OnChoose: func(bool) { c.request.Cycle = cycle },
		}
	}
	return app.Div().Class("form-group").Body(
		ui.Choices{ID: "encryptions", Legend: "Encryption", Cols: 3, Cards: methods}.UI(),
		ui.Choices{
			ID: "cycles", Legend: "Rotation cycle", Cols: 4, Cards: cycles,
			Hint: "A key that is older still works, and shows that its rotation is due.",
		}.UI(),
	)
}

func (c *Create) owned() app.UI {
	return app.Div().Class("form-group").Body(&ui.TextField{
		ID: "owner", Label: "Owner", Note: "Optional", Value: c.request.Owner, Hint: "Whom to ask about it: an e-mail address, or a subject. You, if left empty.",
		Error: c.form.Error("owner", c.request.Validate()), OnInput: c.setOwner, OnLeave: func() { c.form.Leave("owner") },
	})
}
