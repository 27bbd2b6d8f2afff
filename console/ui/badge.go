package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Badge draws a status as a word. Active, stopped, disabled, expired, deleted and archived also have a
// shape, so that colour is never the only difference.
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

// Glyph draws the shape of a status. Always put a word beside it.
func Glyph(status string) app.UI { return app.Span().Class("glyph").DataSet("status", status) }

// Tag draws a short code, such as prd, in its own colour.
func Tag(code string) app.UI {
	return app.Span().Class("env").DataSet("env", code).Text(code)
}
