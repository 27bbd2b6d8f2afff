package applications

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// form is the input for an application.
type form struct {
	request api.CreateApplicationRequest
	origins []string // kept while another technology is chosen
	typed   string   // unfinished origin
	fixed   bool     // the application exists, so its technology can't change
	form    ui.Form
}

func (f *form) setName(text string) { f.request.Name = text; f.form.Change("name") }
func (f *form) setDescription(text string) {
	f.request.Description = text
	f.form.Change("description")
}
func (f *form) setOwner(text string) { f.request.Owner = text; f.form.Change("owner") }

func (f *form) setTechnology(t api.Technology) {
	f.request.Technology = t
	f.form.Change("allowed_origins")
	f.form.Change("technology")
}

func (f *form) setOrigins(origins []string, typed string) {
	f.origins, f.typed = origins, typed
	f.form.Change("allowed_origins")
}

// whole returns the request for the current input.
func (f *form) whole() api.CreateApplicationRequest {
	request := f.request
	if request.Technology == api.Client {
		request.AllowedOrigins = f.origins
		if f.typed != "" {
			request.AllowedOrigins = append(request.AllowedOrigins[:len(f.origins):len(f.origins)], f.typed)
		}
	}
	return request
}

func (f *form) described() app.UI {
	invalid := f.whole().Validate()
	return app.Div().Class("form-group").Body(
		catalog.NameField(&f.form, invalid, f.request.Name, f.setName),
		catalog.DescriptionField(&f.form, invalid, f.request.Description, f.setDescription),
	)
}

func (f *form) technologies() app.UI {
	invalid := f.whole().Validate()
	notes := map[api.Technology]string{api.Server: "A backend, a job, a script", api.Client: "A web page or an app on users’ devices"}
	var cards []app.UI
	for _, t := range []api.Technology{api.Server, api.Client} {
		chosen := f.request.Technology == t
		cards = append(cards, &ui.Choice{
			Group: "technology", Value: string(t), Title: TechnologyName(t), Note: notes[t], Chosen: chosen, Disabled: f.fixed && !chosen,
			OnChoose: func(bool) { f.setTechnology(t) },
		})
	}
	fault := ""
	if f.form.Error("technology", invalid) != "" {
		fault = "Choose where it runs."
	}
	hint := ""
	if f.fixed {
		hint = "It stays what it was created as."
	}
	body := []app.UI{ui.Choices{ID: "technologies", Legend: "Technology", Error: fault, Hint: hint, Cols: 2, Cards: cards}.UI()}
	if f.request.Technology == api.Client {
		body = append(body, &ui.TokenField{
			ID: "allowed-origins", Label: "Allowed origins", Note: "Up to 10", Tokens: f.origins, Typed: f.typed, Placeholder: "https://shop.example",
			Hint: "As browsers send it: `https`, a host, an optional port, no path. Press Enter after each.", Error: f.form.Error("allowed_origins", invalid),
			Refuse: refuseOrigin, OnChange: f.setOrigins, OnLeave: func() { f.form.Leave("allowed_origins") },
		})
	}
	return app.Div().Class("form-group").Body(body...)
}

// refuseOrigin returns why the text is not a valid origin and how to write it, or "" if it is valid. It
// uses the request's Validate, so that the field and the server apply the same rule.
func refuseOrigin(text string) string {
	request := api.CreateApplicationRequest{Name: "any", Technology: api.Client, AllowedOrigins: []string{text}}
	if p := problem.Of(request.Validate()); p != nil {
		return ui.Sentence(p.Fields[0].Detail)
	}
	return ""
}

func (f *form) owned() app.UI {
	return catalog.OwnerField(&f.form, f.whole().Validate(), f.request.Owner, f.setOwner)
}
