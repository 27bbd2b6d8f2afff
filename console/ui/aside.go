package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Aside draws a box beside a form.
func Aside(title string, body ...app.UI) app.UI {
	return aside(title, app.Div().Class("card-body"), body)
}

// AsideText is an [Aside] of paragraphs.
func AsideText(title string, paragraphs ...string) app.UI {
	body := make([]app.UI, len(paragraphs))
	for i, text := range paragraphs {
		body[i] = app.P().Class("hint").Text(text)
	}
	return aside(title, app.Div().Class("card-body", "stack-sm"), body)
}

func aside(title string, box app.HTMLDiv, body []app.UI) app.UI {
	return app.Aside().Class("card", "aside").Aria("labelledby", "aside-title").Body(
		app.Header().Class("card-head").Body(app.H2().ID("aside-title").Text(title)),
		box.Body(body...),
	)
}
