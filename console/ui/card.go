package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Card draws a section of a page with its own heading. The action is drawn at the end of the header; it
// may be nil.
func Card(id, title string, action app.UI, body ...app.UI) app.UI {
	head := []app.UI{app.H2().ID(id + "-title").Text(title)}
	if action != nil {
		head = append(head, action)
	}
	return app.Section().ID(id).Class("card").Aria("labelledby", id+"-title").Body(
		append([]app.UI{app.Header().Class("card-head").Body(head...)}, body...)...)
}
