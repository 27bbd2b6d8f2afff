package access

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/secret"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Create is the page that creates a management key and then shows it once.
type Create struct {
	app.Compo
	session session
	ctx     app.Context

	name    string
	role    api.Role
	expiry  string // number of days, or "date"
	date    string // expiry date, such as 2027-01-31
	form    ui.Form
	running bool
	err     error

	created *api.CreatedManagementKey // nil until it is created
	screen  secret.Screen
	lost    secret.Unstored // whose secret a reload has lost; that is said first
}

// NewCreate returns the page.
func NewCreate(s session) *Create {
	return &Create{session: s, role: api.Developer, expiry: "90", screen: secret.Screen{Noun: "management key"}}
}

// OnMount keeps the page's context.
func (c *Create) OnMount(ctx app.Context) {
	c.ctx = ctx
	c.screen.Mount(ctx, c.session)
	if lost, ok := c.screen.Unstored(); ok && strings.HasPrefix(lost.ID, api.ManagementKeyPrefix) {
		c.lost = lost
	}
}

// OnDismount forgets the management key.
func (c *Create) OnDismount() {
	c.forget()
	c.dropLost()
}

func (c *Create) dropLost() {
	if c.lost.ID != "" {
		c.screen.DropUnstored()
		c.lost = secret.Unstored{}
	}
}

// another shows the form after the person has read that a management key was lost.
func (c *Create) another() {
	c.dropLost()
	ui.Focus(c.ctx, "name")
}

// showLost opens the list with the management key whose secret was lost.
func (c *Create) showLost() { c.ctx.Navigate("/access?q=" + c.lost.ID) }

// lostCard says that a management key exists whose secret a reload has lost.
func (c *Create) lostCard() app.UI {
	return ui.StepCard("Management key", "It exists, and can’t be shown again.", nil, []app.UI{
		app.Div().Class("card-body").Body(ui.Banner("warn", "warning", c.lost.ID+" was created, and was not stored.",
			"The page was reloaded while the management key was on the screen. Delete "+ui.Verbatim(c.lost.Name)+", and create another one.")),
	}, []app.UI{
		app.Span().Class("push"),
		&ui.Button{Label: "Create another", OnClick: c.another},
		&ui.Button{Label: "Show it in the list", Look: ui.Primary, OnClick: c.showLost},
	})
}

func (c *Create) setName(text string) { c.name = text; c.form.Change("name") }
func (c *Create) setExpiry(v string)  { c.expiry = v; c.form.Change("expires_at") }
func (c *Create) setDate(text string) { c.date = text; c.form.Change("expires_at") }
func (c *Create) cancel()             { c.ctx.Navigate("/access") }

// expiries are the lifetimes to choose from, in days.
var expiries = []struct {
	value, title string
	days         int
}{{"30", "30 days", 30}, {"90", "90 days", 90}, {"365", "1 year", 365}, {"date", "On a date", 0}}

func (c *Create) request(now time.Time) api.CreateManagementKeyRequest {
	r := api.CreateManagementKeyRequest{Name: c.name, Role: c.role}
	for _, e := range expiries {
		if e.value == c.expiry && e.days > 0 {
			at := now.AddDate(0, 0, e.days).UTC().Truncate(time.Second)
			r.ExpiresAt = &at
		}
	}
	if at, ok := ui.EndOf(c.date, now); ok && c.expiry == "date" {
		r.ExpiresAt = &at
	}
	return r
}

// invalid returns the errors of Validate, and those that depend on the current time, which Validate does not know.
func (c *Create) invalid(now time.Time) error {
	r := c.request(now)
	switch {
	case c.expiry == "date" && r.ExpiresAt == nil:
		return problem.Invalid(problem.Field{Field: "expires_at", Code: "required", Detail: "choose a day."})
	case r.ExpiresAt != nil && !r.ExpiresAt.After(now):
		return problem.Invalid(problem.Field{Field: "expires_at", Code: "past", Detail: "choose a day to come."})
	}
	return r.Validate()
}

// submit creates the management key, one request at a time. From here on, the guard asks before a person
// leaves.
func (c *Create) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	if c.running || c.created != nil {
		return
	}
	now := time.Now()
	c.err = nil
	if !c.form.Submit(c.invalid(now)) {
		ui.FocusError(c.ctx)
		return
	}
	c.running = true
	c.screen.Guard()
	request := c.request(now)
	c.ctx.Async(func() {
		created, err := client.Call(c.ctx, c.session.Client(), api.CreateManagementKey, request)
		c.ctx.Dispatch(func(app.Context) { c.afterCreate(created, err) })
	})
}

func (c *Create) afterCreate(created api.CreatedManagementKey, err error) {
	c.running = false
	switch {
	case err == nil:
		c.created = &created
		text := ""
		if created.Secret != nil { // the answer to a repeated request has none
			text = string(*created.Secret)
		}
		c.screen.Show(text, secret.Unstored{ID: created.ManagementKey.ID, Name: strings.TrimSpace(created.ManagementKey.Name)})
		ui.Focus(c.ctx, ui.StepTitle)
		return
	case c.form.Tell(err):
		ui.FocusError(c.ctx)
	default:
		c.err = err
	}
	c.screen.Cancel()
}

// Render draws the form and, afterwards, the management key.
func (c *Create) Render() app.UI {
	head := ui.Head{Title: "Create management key", Back: &ui.Link{Text: "Access", Href: "/access"}}
	if !may(c.session) {
		return shell.Forbidden(head.Title, "Only owners create management keys.", c.session.Me())
	}
	if c.lost.ID != "" {
		return ui.Page(head, app.Div().Class("wizard").Body(c.lostCard()))
	}
	content := c.fields()
	if c.created != nil {
		head.Back = nil
		content = c.card()
	}
	body := []app.UI{app.Div().Class("wizard").Body(content, c.aside())}
	if dialog := c.screen.Dialog("It is on this screen and nowhere else. If you leave without it, you have to delete it and create another."); dialog != nil {
		body = append(body, dialog)
	}
	return ui.Page(head, body...)
}

func (c *Create) fields() app.UI {
	invalid := c.invalid(time.Now())
	roles := make([]app.UI, 0, 4)
	for _, r := range []struct {
		role api.Role
		note string
	}{
		{api.Verifier, "Verifies access keys, nothing else"}, {api.Developer, "Everything with API keys"},
		{api.Admin, "Applications and Arxes too"}, {api.Owner, "Management keys too"},
	} {
		roles = append(roles, &ui.Choice{Group: "role", Value: string(r.role), Title: ui.Sentence(string(r.role)), Note: r.note, Chosen: c.role == r.role, OnChoose: func(bool) { c.role = r.role }})
	}
	days := make([]app.UI, len(expiries))
	for i, e := range expiries {
		days[i] = &ui.Choice{Group: "expiry", Value: e.value, Title: e.title, Chosen: c.expiry == e.value, OnChoose: func(bool) { c.setExpiry(e.value) }}
	}
	var date, failure app.UI
	fault := c.form.Error("expires_at", invalid)
	if c.expiry == "date" {
		date = &ui.TextField{ID: "date", Label: "Last day", InputType: "date", Value: c.date, Min: time.Now().Format("2006-01-02"), Error: fault, OnInput: c.setDate, OnLeave: func() { c.form.Leave("expires_at") }}
		fault = ""
	}
	if c.err != nil {
		first := "The management key was not created."
		if ui.Unknown(c.err) {
			first = "It is unknown whether the management key was created."
		}
		failure = ui.Banner("bad", "warning", first, problem.Of(c.err).Detail)
	}
	return app.Form().Class("card").Attr("novalidate", true).Aria("label", "Create management key").OnSubmit(c.submit).Body(
		app.Div().Class("card-body", "form").Body(
			&ui.TextField{ID: "name", Label: "Name", Value: c.name, Hint: "Which machine presents it, such as `ci-deploy`.", Error: c.form.Error("name", invalid), OnInput: c.setName, OnLeave: func() { c.form.Leave("name") }},
			ui.Choices{ID: "roles", Legend: "Role", Cols: 2, Cards: roles, Hint: "Choose the lowest role that works. It can’t be changed later, but you can create another key.", Error: c.form.Error("role", invalid)}.UI(),
			ui.Choices{ID: "expiries", Legend: "Expires after", Cols: 4, Cards: days, Hint: "At most a year, unless your deployment sets another limit.", Error: fault}.UI(),
			ui.Slot(date),
			ui.Slot(failure),
		),
		app.Footer().Class("wizard-foot").Body(
			app.Span().Class("push"),
			&ui.Button{Label: "Cancel", OnClick: c.cancel},
			&ui.Button{Label: "Create", Look: ui.Primary, Submit: true, Busy: c.running},
		),
	)
}

func (c *Create) aside() app.UI {
	if c.created == nil {
		return ui.AsideText("For machines",
			"A management key calls the same API as this console, with the role that you choose.",
			"The activity shows what it does under its own name.")
	}
	k := c.created.ManagementKey
	return ui.Aside("Created", ui.Facts(
		ui.TextFact("Name", strings.TrimSpace(k.Name), ""), ui.TextFact("Role", ui.Sentence(string(k.Role)), ""),
		ui.Fact{Term: "Expires", Value: []app.UI{ui.Date(k.ExpiresAt, time.Now())}},
	))
}
