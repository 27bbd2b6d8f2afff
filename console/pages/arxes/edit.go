package arxes

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// formOf returns the form that edits the Arx.
func formOf(a api.Arx) catalog.Form[api.Arx, api.UpdateArxRequest] {
	return &form{fixed: true, request: api.CreateArxRequest{
		Name: a.Name, Description: a.Description, Purpose: a.Purpose, Plan: a.Plan, Provider: a.Provider, Regions: a.Regions,
		Encryption: a.Encryption, Cycle: a.Cycle, Endpoint: a.Endpoint, Owner: a.Owner,
	}}
}

// State returns the form's validation state.
func (f *form) State() *ui.Form { return &f.form }

// Fields draws the fields of the page that edits an Arx.
func (f *form) Fields() []app.UI {
	return []app.UI{f.described(), f.placed(), f.cycles(), f.owned()}
}

// Invalid returns the errors of the input.
func (f *form) Invalid() error { return f.request.Validate() }

// Change returns the differences from the Arx.
func (f *form) Change(from api.Arx) api.UpdateArxRequest { return change(from, f.request) }

// change returns the differences from what was read.
func change(from api.Arx, to api.CreateArxRequest) api.UpdateArxRequest {
	r := api.UpdateArxRequest{
		ID: from.ID, Conditional: api.IfVersion(from.Version),
		Name:        api.Differing(from.Name, to.Name),
		Description: api.DifferingText(from.Description, to.Description),
		Owner:       api.DifferingText(from.Owner, to.Owner),
		Endpoint:    api.DifferingText(from.Endpoint, to.Endpoint),
		Cycle:       api.Differing(from.Cycle, to.Cycle),
	}
	if !slices.Equal(to.Regions, from.Regions) {
		r.Regions = api.Set(to.Regions)
	}
	return r
}
