package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Missing is the page for an address that names nothing that exists.
func Missing(title, why string, back Link) app.UI {
	return Page(Head{Title: title}, Empty{
		ID: "missing", Draw: DrawGap, Title: "Nothing stands here", Text: why,
		Actions: []app.UI{app.A().Class("btn", "btn-secondary").Href(back.Href).Text(back.Text)},
	}.UI())
}
