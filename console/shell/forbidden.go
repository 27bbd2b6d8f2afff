package shell

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Forbidden is a page that the one who is signed in may not see: why, and as whom they are here.
func Forbidden(title, why string, me api.Me) app.UI {
	return ui.Page(ui.Head{Title: title}, ui.Empty{
		ID: "forbidden", Draw: ui.DrawWall, Title: "Your role does not open this", Text: why,
		Extra: app.P().Class("hint").Text("You are " + me.Principal.Name + ", " + string(me.Role) + ". An owner of your organisation can change that, where people sign in."),
	}.UI())
}
