package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// StepTitle is the id of a step's heading, which gets the focus when the step is shown.
const StepTitle = "step-title"

// StepCard is the card of a step: its heading, its content, its buttons.
func StepCard(title, lead string, actions, content, foot []app.UI) app.UI {
	return app.Section().Class("card").Aria("labelledby", StepTitle).Body(stepParts(title, lead, actions, content, foot)...)
}

// StepForm is a [StepCard] that is a form.
func StepForm(submit app.EventHandler, title, lead string, content, foot []app.UI) app.UI {
	return app.Form().Class("card").Attr("novalidate", true).Aria("labelledby", StepTitle).OnSubmit(submit).
		Body(stepParts(title, lead, nil, content, foot)...)
}

// stepParts returns the content of a step's card.
func stepParts(title, lead string, actions, content, foot []app.UI) []app.UI {
	first := []app.UI{app.H2().ID(StepTitle).TabIndex(-1).Text(title)}
	if lead != "" {
		first = append(first, app.P().Class("lead").Text(lead))
	}
	head := []app.UI{app.Div().Body(first...)}
	body := append([]app.UI{app.Header().Class("card-head").Body(append(head, actions...)...)}, content...)
	if len(foot) > 0 {
		body = append(body, app.Footer().Class("wizard-foot").Body(foot...))
	}
	return body
}
