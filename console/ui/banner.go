package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Banner shows the state of a page: a first sentence in bold, then its consequences. The tone is
// "warn", "bad" or empty; a bad one has the role alert.
func Banner(tone, icon, first, rest string, actions ...app.UI) app.UI {
	banner := app.Div().Class("banner")
	if tone != "" {
		banner.DataSet("tone", tone)
	}
	if tone == "bad" {
		banner.Attr("role", "alert")
	}
	text := app.Div().Body(append([]app.UI{app.B().Body(Timed(first)...), app.Text(" ")}, Prose(rest)...)...)
	return banner.Body(append([]app.UI{Icon(icon), text}, actions...)...)
}
