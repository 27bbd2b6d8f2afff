package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Slot keeps the place of what comes and goes before other elements, and takes no room itself.
// Go-app matches children by their place: without a slot everything after would be made anew, and a
// field would lose its focus.
func Slot(content ...app.UI) app.UI { return app.Div().Class("slot").Body(content...) }
