package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Badge is a state in a word. Active, stopped, disabled, expired, deleted and archived have a shape,
// which comes first: nothing is told by colour alone.
func Badge(status, word string) app.UI {
	badge := app.Span().Class("badge").DataSet("status", status)
	switch status {
	case "active", "stopped", "disabled", "expired", "deleted", "archived":
		return badge.Body(Glyph(status), app.Text(word))
	case "due":
		return badge.Body(Icon("rotate"), app.Text(word))
	}
	return badge.Text(word)
}

// Glyph is the shape of a state. A word stands beside it.
func Glyph(status string) app.UI { return app.Span().Class("glyph").DataSet("status", status) }

// Tag is a short code in a colour of its own.
func Tag(code string) app.UI {
	return app.Span().Class("env").DataSet("env", code).Text(code)
}
