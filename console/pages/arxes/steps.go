package arxes

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// step is a step of the wizard.
type step int

const summary step = 2

// steps are the steps of the wizard with their fields.
var steps = []struct {
	name, lead string
	fields     []string
}{
	{"Basics", "What is it called, and what is it for?", []string{"name", "purpose", "endpoint", "description", "owner"}},
	{"Place and protection", "Everything is chosen already. Change what differs.", []string{"provider", "regions", "plan", "encryption_method", "rotation_cycle"}},
	{"Summary", "This is what will be created.", nil},
}

func stepNames() []string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.name
	}
	return names
}

// wrongIn returns the invalid fields of the step.
func wrongIn(invalid error, s step) []string {
	var wrong []string
	if p := problem.Of(invalid); p != nil {
		for _, f := range p.Fields {
			if name := ui.FieldName(f.Field); slices.Contains(steps[s].fields, name) {
				wrong = append(wrong, name)
			}
		}
	}
	return wrong
}

// firstWrong returns the first step with an invalid field, or the summary if there is none.
func firstWrong(invalid error) step {
	for s := range summary {
		if len(wrongIn(invalid, s)) > 0 {
			return s
		}
	}
	return summary
}

func (c *Create) content() []app.UI {
	f := &c.entered
	switch c.step {
	case 0:
		return []app.UI{f.basics()}
	case 1:
		return []app.UI{f.protected()}
	}
	body := []app.UI{
		c.group(0, append(f.named(), f.meant(), f.owning())...),
		c.group(1, append(f.standing(), f.guarded()...)...),
	}
	if c.err != nil {
		first := "The Arx was not created."
		if ui.Unknown(c.err) {
			first = "It is unknown whether the Arx was created."
		}
		body = append(body, app.Div().Class("summary-group").Body(ui.Banner("bad", "warning", first, problem.Of(c.err).Detail)))
	}
	return body
}

// group draws a part of the summary, with a button back to its step.
func (c *Create) group(s step, facts ...ui.Fact) app.UI {
	name := steps[s].name
	return app.Section().Class("summary-group").Body(
		app.Header().Body(app.H3().Text(name), &ui.Button{Label: "Change", Icon: "edit", Name: "Change " + name, Look: ui.Quiet, Small: true, Disabled: c.running, OnClick: func() { c.goTo(s) }}),
		ui.Facts(facts...),
	)
}

func aside() app.UI {
	return ui.AsideText("What can change later",
		"Name, description, endpoint, owner, regions and rotation cycle can.",
		"Purpose, plan, provider and encryption can’t: keys carry the purpose in their first letters, and the rest is how the cluster was built.")
}

// soFar draws what was entered so far, beside the step.
func (c *Create) soFar() app.UI {
	f := &c.entered
	if c.step == 0 || c.step == summary {
		return aside()
	}
	return ui.Aside("So far", ui.Facts(append(f.named(), f.meant(), f.owning())...))
}

func (f *form) named() []ui.Fact {
	return []ui.Fact{
		ui.TextFact("Name", f.request.Name, "Not named yet"),
		ui.TextFact("Description", f.request.Description, "None"),
		ui.TextFact("Endpoint", f.request.Endpoint, "None"),
	}
}

func (f *form) meant() ui.Fact {
	return ui.Fact{Term: "Purpose", Value: []app.UI{app.Text(PurposeName(f.request.Purpose) + " "), ui.Tag(Env(f.request.Purpose))}}
}

func (f *form) standing() []ui.Fact {
	regions := ui.TextFact("Regions", "", "None yet")
	if len(f.request.Regions) > 0 {
		regions = ui.Fact{Term: "Regions", Value: []app.UI{ui.Tokens(f.request.Regions)}}
	}
	return []ui.Fact{ui.TextFact("Provider", ProviderName(f.request.Provider), ""), regions}
}

func (f *form) guarded() []ui.Fact {
	return []ui.Fact{
		ui.TextFact("Plan", PlanName(f.request.Plan), ""),
		ui.TextFact("Encryption", EncryptionName(f.request.Encryption), ""),
		ui.TextFact("Rotation", ui.Sentence(Every(f.request.Cycle)), ""),
	}
}

func (f *form) owning() ui.Fact { return ui.TextFact("Owner", f.request.Owner, "You") }
