package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// EditForm is the form that changes something, with Save and Cancel.
type EditForm struct {
	Name    string   // of the form: "Edit Arx"
	Fields  []app.UI // as cards' bodies have them
	Aside   app.UI
	Refused string // why nothing may be saved; empty where it may
	Busy    bool

	Err     error  // why it was not saved
	Unsaved string // the sentence before that: "The Arx was not saved."
	OnAgain func() // reads again what somebody else has changed meanwhile

	OnSubmit func(app.Context, app.Event)
	OnCancel func()
}

// UI draws it.
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
		return []app.UI{Banner("bad", "warning", "Somebody has changed it meanwhile.", "Nothing of yours was saved. Read it again to see how it stands now.",
			&Button{Label: "Read it again", Small: true, OnClick: f.OnAgain})}
	}
	return []app.UI{Banner("bad", "warning", f.Unsaved, problem.Of(f.Err).Detail)}
}
