package arxes

import (
	"crypto/rand"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// New is the form that creates an Arx inside another page.
type New struct {
	entered form
	sending ui.Submission
	attempt string // idempotency key of the request, so that a retry creates no second Arx
}

// Draft is the input of [New] that survives a reload.
type Draft struct {
	Request api.CreateArxRequest `json:"request"`
	Attempt string               `json:"attempt,omitempty"`
}

// Begin fills the form with the draft, or with the defaults if there is none. Home is the region of this
// deployment on AWS, or empty. Changed is called when the draft changes.
func (n *New) Begin(d *Draft, home string, changed func()) {
	*n = New{entered: newForm(home)}
	if d != nil {
		n.entered.request, n.attempt = d.Request, d.Attempt
	}
	n.entered.form.Changed = func() {
		n.attempt = ""
		changed()
	}
}

// Draft returns the input.
func (n *New) Draft() *Draft { return &Draft{n.entered.request, n.attempt} }

// Name returns the name that was entered.
func (n *New) Name() string { return n.entered.request.Name }

// Running reports whether the Arx is being created.
func (n *New) Running() bool { return n.sending.Running }

// Create creates the Arx if the input is valid, one request at a time, and calls done with it. Keep is called
// before the request is sent, and stores the draft. The context is the page's.
func (n *New) Create(ctx app.Context, c *client.Client, keep func(), done func(api.Arx)) {
	request := n.entered.request
	if n.sending.Running || !n.sending.Begin(ctx, &n.entered.form, request.Validate()) {
		return
	}
	if n.attempt == "" {
		n.attempt = rand.Text()
		keep()
	}
	request.IdempotencyKey = n.attempt
	catalog.Make(ctx, c, &n.sending, &n.entered.form, api.CreateArx, request, done)
}

// UI draws the form. First means that there are no Arxes yet; otherwise instead closes the form.
func (n *New) UI(first bool, instead func()) app.UI {
	f, r := &n.entered, n.entered.request
	place := Place(api.Arx{Provider: r.Provider, Regions: r.Regions}) + " · rotates " + Every(r.Cycle)
	return catalog.InPlace("Arx", first, instead, &n.sending, f.basics(), ui.Fold{Title: "Place and protection", Value: place, Body: []app.UI{f.protected()}}.UI())
}
