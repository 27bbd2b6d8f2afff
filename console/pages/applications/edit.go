package applications

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// formOf returns the form that edits the application.
func formOf(a api.Application) catalog.Form[api.Application, api.UpdateApplicationRequest] {
	return &form{fixed: true, origins: a.AllowedOrigins, request: api.CreateApplicationRequest{
		Name: a.Name, Description: a.Description, Technology: a.Technology, Owner: a.Owner,
	}}
}

// State returns the form's validation state.
func (f *form) State() *ui.Form { return &f.form }

// Fields draws the fields of the page that edits an application.
func (f *form) Fields() []app.UI { return []app.UI{f.described(), f.technologies(), f.owned()} }

// Invalid returns the errors of the input.
func (f *form) Invalid() error { return f.whole().Validate() }

// Change returns the differences from the application.
func (f *form) Change(from api.Application) api.UpdateApplicationRequest {
	return change(from, f.whole())
}

// change returns the differences from what was read.
func change(from api.Application, to api.CreateApplicationRequest) api.UpdateApplicationRequest {
	r := api.UpdateApplicationRequest{
		ID: from.ID, Conditional: api.IfVersion(from.Version),
		Name:        api.Differing(from.Name, to.Name),
		Description: api.DifferingText(from.Description, to.Description),
		Owner:       api.DifferingText(from.Owner, to.Owner),
	}
	if !slices.Equal(to.AllowedOrigins, from.AllowedOrigins) {
		r.AllowedOrigins = api.Set(to.AllowedOrigins)
	}
	return r
}
