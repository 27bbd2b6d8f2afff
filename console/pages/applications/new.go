package applications

import (
	"cmp"
	"crypto/rand"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// New is the form that creates an application inside another page.
type New struct {
	entered form
	sending ui.Submission
	attempt string // idempotency key of the request, so that a retry creates no second application
}

// Begin fills the form with the draft, or with the defaults if there is none. Changed is called when the
// draft changes.
func (n *New) Begin(d *Draft, changed func()) {
	*n = New{entered: form{request: api.CreateApplicationRequest{Technology: api.Server}}}
	if d != nil {
		n.entered.request, n.entered.origins, n.entered.typed, n.attempt = d.Request, d.Origins, d.Typed, d.Attempt
	}
	n.entered.form.Changed = func() {
		n.attempt = ""
		changed()
	}
}

// Draft returns the input.
func (n *New) Draft() *Draft {
	return &Draft{Request: n.entered.request, Origins: n.entered.origins, Typed: n.entered.typed, Attempt: n.attempt}
}

// Name returns the name that was entered.
func (n *New) Name() string { return n.entered.request.Name }

// Running reports whether the application is being created.
func (n *New) Running() bool { return n.sending.Running }

// Create creates the application if the input is valid, one request at a time, and calls done with it. Keep
// is called before the request is sent, and stores the draft. The context is the page's.
func (n *New) Create(ctx app.Context, c *client.Client, keep func(), done func(api.Application)) {
	request := n.entered.whole()
	if n.sending.Running || !n.sending.Begin(ctx, &n.entered.form, request.Validate()) {
		return
	}
	if n.attempt == "" {
		n.attempt = rand.Text()
		keep()
	}
	request.IdempotencyKey = n.attempt
	catalog.Make(ctx, c, &n.sending, &n.entered.form, api.CreateApplication, request, done)
}

// UI draws the form. First means that there are no applications yet; otherwise instead closes the form.
func (n *New) UI(first bool, instead func()) app.UI {
	f := &n.entered
	invalid := f.whole().Validate()
	return catalog.InPlace("application", first, instead, &n.sending,
		app.Div().Class("form-group").Body(catalog.NameField(&f.form, invalid, f.request.Name, f.setName)),
		f.technologies(),
		ui.Fold{Title: "Description and owner", Value: cmp.Or(f.request.Owner, "You") + " will own it", Body: []app.UI{
			catalog.DescriptionField(&f.form, invalid, f.request.Description, f.setDescription), f.owned(),
		}}.UI(),
	)
}
