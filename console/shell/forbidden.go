package shell

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Forbidden draws a page that the signed-in person may not see: why, who they are, and their role.
func Forbidden(title, why string, me api.Me) app.UI {
	return ui.Page(ui.Head{Title: title}, ui.Empty{
		ID: "forbidden", Draw: ui.DrawWall, Title: "Your role does not allow this", Text: why,
		Extra: app.P().Class("hint").Text("You are " + me.Principal.Name + ", " + string(me.Role) + ". An owner of your organisation can change your role in the sign-in service."),
	}.UI())
}
