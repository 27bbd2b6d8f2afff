package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Fold hides fields that have sensible values. Its line says the values while it is closed. FocusError opens
// it if one of its fields is invalid.
type Fold struct {
	Title string
	Value string // in short
	Body  []app.UI
}

// UI draws the fold.
func (f Fold) UI() app.UI {
	return app.Details().Class("fold").Body(
		app.Summary().Body(Icon("chevron-right"), app.Text(f.Title), app.Small().Text(f.Value)),
		app.Div().Class("form").Body(f.Body...),
	)
}
