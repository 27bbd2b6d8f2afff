package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Card is a part of a page with a heading of its own; the action stands at its end, or is nil.
func Card(id, title string, action app.UI, body ...app.UI) app.UI {
	head := []app.UI{app.H2().ID(id + "-title").Text(title)}
	if action != nil {
		head = append(head, action)
	}
	return app.Section().ID(id).Class("card").Aria("labelledby", id+"-title").Body(
		append([]app.UI{app.Header().Class("card-head").Body(head...)}, body...)...)
}
