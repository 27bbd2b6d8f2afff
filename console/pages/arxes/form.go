package arxes

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// form is the input for an Arx.
type form struct {
	request api.CreateArxRequest
	home    string // region of this deployment on AWS, or empty
	search  string // in the regions
	fixed   bool   // the Arx exists, so some fields can't change
	form    ui.Form
}

func (f *form) setName(text string) { f.request.Name = text; f.form.Change("name") }
func (f *form) setDescription(text string) {
	f.request.Description = text
	f.form.Change("description")
}
func (f *form) setEndpoint(text string) { f.request.Endpoint = text; f.form.Change("endpoint") }
func (f *form) setOwner(text string)    { f.request.Owner = text; f.form.Change("owner") }
func (f *form) setSearch(text string)   { f.search = text }

// newForm returns the form for a new Arx, in which everything but the name is chosen. Home is the region of
// this deployment on AWS, or empty.
func newForm(home string) form {
	f := form{home: home, request: api.CreateArxRequest{
		Purpose: api.DefaultPurpose, Plan: api.DefaultPlan, Encryption: api.DefaultEncryption, Cycle: api.DefaultCycle,
	}}
	f.setProvider(api.DefaultProvider)
	return f
}

// setProvider sets the provider, and a region of it instead of those of the previous provider.
func (f *form) setProvider(p api.Provider) {
	if p != f.request.Provider {
		f.request.Provider, f.request.Regions, f.search = p, []string{usualRegion(p, f.home)}, ""
		f.form.Change("regions")
	}
}

func (f *form) setRegion(code string, chosen bool) {
	f.request.Regions = slices.DeleteFunc(f.request.Regions, func(r string) bool { return r == code })
	if chosen {
		f.request.Regions = append(f.request.Regions, code)
	}
	f.form.Change("regions")
}

func (f *form) described() app.UI {
	invalid := f.request.Validate()
	return app.Div().Class("form-group").Body(
		catalog.NameField(&f.form, invalid, f.request.Name, f.setName),
		catalog.DescriptionField(&f.form, invalid, f.request.Description, f.setDescription),
		f.reached(invalid),
	)
}

func (f *form) reached(invalid error) app.UI {
	return &ui.TextField{
		ID: "endpoint", Label: "Endpoint", Note: "Optional", InputType: "url", Mono: true, Placeholder: "https://", Value: f.request.Endpoint,
		Hint: "The URL of the Arx. It is part of every download of an access key and of every verification.", Error: f.form.Error("endpoint", invalid),
		OnInput: f.setEndpoint, OnLeave: func() { f.form.Leave("endpoint") },
	}
}

// basics draws what an Arx needs from a person. The rest has defaults.
func (f *form) basics() app.UI {
	invalid := f.request.Validate()
	return app.Div().Class("form-group").Body(
		catalog.NameField(&f.form, invalid, f.request.Name, f.setName),
		f.purposed(),
		f.reached(invalid),
		ui.Fold{Title: "Description and owner", Value: cmp.Or(f.request.Owner, "You") + " will own it", Body: []app.UI{
			catalog.DescriptionField(&f.form, invalid, f.request.Description, f.setDescription), f.owned(),
		}}.UI(),
	)
}

func (f *form) purposed() app.UI {
	notes := map[api.Purpose]string{
		api.Development: "To build and try", api.Testing: "For automatic tests", api.Staging: "Like production, without its customers", api.Production: "What customers depend on",
	}
	cards := make([]app.UI, len(api.Purposes))
	for i, p := range api.Purposes {
		cards[i] = &ui.Choice{
			Group: "purpose", Value: string(p), Title: PurposeName(p), Tag: Env(p), Note: notes[p], Chosen: f.request.Purpose == p,
			OnChoose: func(bool) { f.request.Purpose = p; f.form.Change("purpose") },
		}
	}
	return ui.Choices{
		ID: "purposes", Legend: "Purpose", Note: "Can’t be changed later", Hint: "Its access keys begin with `arxk_" + Env(f.request.Purpose) + "_`.", Cols: 2, Cards: cards,
	}.UI()
}

// protected draws where the Arx runs and how its keys are kept.
func (f *form) protected() app.UI {
	return app.Div().Class("form-group").Body(f.placed(), f.planned(), f.kept())
}

func (f *form) planned() app.UI {
	notes := map[api.Plan]string{api.Serverless: "Scales automatically, on shared machines", api.Dedicated: "Its own machines"}
	plans := make([]app.UI, len(api.Plans))
	for i, p := range api.Plans {
		plans[i] = &ui.Choice{
			Group: "plan", Value: string(p), Title: PlanName(p), Note: notes[p], Chosen: f.request.Plan == p,
			OnChoose: func(bool) { f.request.Plan = p; f.form.Change("plan") },
		}
	}
	return ui.Choices{ID: "plans", Legend: "Plan", Note: "Can’t be changed later", Cols: 2, Cards: plans}.UI()
}

func (f *form) placed() app.UI {
	providers := make([]app.UI, len(api.Providers))
	for i, p := range api.Providers {
		providers[i] = &ui.Choice{
			Group: "provider", Value: string(p), Title: ProviderName(p), Chosen: f.request.Provider == p,
			OnChoose: func(bool) { f.setProvider(p) },
		}
	}
	full := len(f.request.Regions) >= api.MaxRegions
	var regions []app.UI
	offers, more := regionsToOffer(f.request.Provider, f.request.Regions, f.search)
	for _, r := range offers {
		chosen := slices.Contains(f.request.Regions, r.Code)
		regions = append(regions, &ui.Choice{
			Group: "region", Value: r.Code, Title: r.Code, Code: true, Note: r.City, Many: true, Chosen: chosen, Disabled: full && !chosen,
			OnChoose: func(on bool) { f.setRegion(r.Code, on) },
		})
	}
	hint := ""
	switch {
	case full:
		hint = "An Arx can’t have more regions. Remove one to choose another."
	case !slices.ContainsFunc(offers, func(r region) bool { return r.isFoundBy(f.search) }):
		hint = "No region matches. Type a full code, such as `eu-central-1`, to use one that is not listed."
	case more > 0:
		hint = ui.Counted(more, "more region", "more regions") + ": search for a code or a city."
	}
	choices := []app.UI{
		ui.Choices{ID: "providers", Legend: "Provider", Note: "Can’t be changed later", Cols: 3, Cards: providers}.UI(),
		ui.Choices{
			ID: "regions", Legend: "Regions", Note: fmt.Sprintf("%d of up to %d chosen", len(f.request.Regions), api.MaxRegions), Cols: 3, Many: true,
			Hint: hint, Error: f.form.Error("regions", f.request.Validate()),
			Before: []app.UI{&ui.Search{ID: "region-search", Name: "Search regions", Placeholder: "Search by code or city", Value: f.search, Redact: listing.Redact, OnSearch: f.setSearch}},
			Cards:  regions,
		}.UI(),
	}
	if f.fixed { // the provider can't change
		choices = choices[1:]
	}
	return app.Div().Class("form-group").Body(choices...)
}

func (f *form) kept() app.UI {
	methods := make([]app.UI, len(api.Encryptions))
	for i, e := range api.Encryptions {
		methods[i] = &ui.Choice{
			Group: "encryption", Value: string(e), Title: EncryptionName(e), Chosen: f.request.Encryption == e,
			OnChoose: func(bool) { f.request.Encryption = e; f.form.Change("encryption_method") },
		}
	}
	return app.Div().Class("form-group").Body(
		ui.Choices{ID: "encryptions", Legend: "Encryption", Note: "Can’t be changed later", Cols: 3, Cards: methods}.UI(),
		f.cycles(),
	)
}

func (f *form) cycles() app.UI {
	cycles := make([]app.UI, len(api.Cycles))
	for i, cycle := range api.Cycles {
		cycles[i] = &ui.Choice{
			Group: "cycle", Value: string(cycle), Title: ui.Sentence(Every(cycle)), Chosen: f.request.Cycle == cycle,
			OnChoose: func(bool) { f.request.Cycle = cycle; f.form.Change("rotation_cycle") },
		}
	}
	return ui.Choices{
		ID: "cycles", Legend: "Rotation cycle", Cols: 4, Cards: cycles,
		Hint: "An older key still works, and is shown as due for rotation.",
	}.UI()
}

func (f *form) owned() app.UI {
	return catalog.OwnerField(&f.form, f.request.Validate(), f.request.Owner, f.setOwner)
}
