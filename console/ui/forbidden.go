package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Forbidden is a page that the one who is signed in may not see: why, and as whom they are here.
func Forbidden(title, why string, me api.Me) app.UI {
	return Page(Head{Title: title}, Empty{
		ID: "forbidden", Draw: DrawWall, Title: "Your role does not open this", Text: why,
		Extra: app.P().Class("hint").Text("You are " + me.Principal.Name + ", " + string(me.Role) + ". An owner of your organisation can change that, where people sign in."),
	}.UI())
}

// Missing is the page of an address that names nothing.
func Missing(title, why string, back Link) app.UI {
	return Page(Head{Title: title}, Empty{
		ID: "missing", Draw: DrawGap, Title: "Nothing stands here", Text: why,
		Actions: []app.UI{app.A().Class("btn", "btn-secondary").Href(back.Href).Text(back.Text)},
	}.UI())
}
