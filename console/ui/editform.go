package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// EditForm is a form that edits something, with Save and Cancel.
type EditForm struct {
	Name    string   // accessible name, such as "Edit Arx"
	Fields  []app.UI // children of the card's body
	Aside   app.UI
	Refused string // why saving is not allowed; empty if it is
	Busy    bool

	Err     error  // why saving failed
	Unsaved string // sentence before the error: "The Arx was not saved."
	OnAgain func() // reloads after somebody else has changed the record

	OnSubmit func(app.Context, app.Event)
	OnCancel func()
}

// UI draws the form.
func (f EditForm) UI() app.UI {
	return app.Div().Class("wizard").Body(
		app.Form().Class("card").Attr("novalidate", true).Aria("label", f.Name).OnSubmit(f.OnSubmit).Body(
			app.Div().Class("card-body", "form").Body(append(f.Fields, f.failure()...)...),
			app.Footer().Class("wizard-foot").Body(
				app.Span().Class("hint", "push").Text(f.Refused),
				&Button{Label: "Cancel", OnClick: f.OnCancel},
				&Button{Label: "Save", Look: Primary, Submit: true, Busy: f.Busy, Disabled: f.Refused != ""},
			),
		),
		f.Aside,
	)
}

func (f EditForm) failure() []app.UI {
	switch {
	case f.Err == nil:
		return nil
	case problem.Is(f.Err, problem.Changed):
		return []app.UI{Banner("bad", "warning", "Somebody else has changed it.", "Your changes were not saved. Reload to see the current version.",
			&Button{Label: "Reload", Small: true, OnClick: f.OnAgain})}
	}
	return []app.UI{Banner("bad", "warning", f.Unsaved, problem.Of(f.Err).Detail)}
}
