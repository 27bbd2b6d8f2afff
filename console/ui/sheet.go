package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Sheet is a part of a page that phones show on demand, at the bottom of the screen, where the thumb is. Wider
// screens show it in its place. It is a popover: the browser closes it when a person presses Esc or touches what is
// beside it, and returns the focus.
type Sheet struct {
	ID   string
	Open string // label of the button
	On   int    // how many of its choices are made, for the label
	Name string // accessible name
	Body []app.UI
}

// UI draws the button and the sheet.
func (s Sheet) UI() app.UI {
	label := s.Open
	if s.On > 0 {
		label += " · " + strconv.Itoa(s.On)
	}
	return app.Div().Class("slot").Body(
		app.Button().Type("button").Class("btn", "btn-secondary", "only-phone").Attr("popovertarget", s.ID).Aria("haspopup", "dialog").
			Body(Icon("filter"), app.Text(label)),
		app.Div().ID(s.ID).Class("sheet-phone").Attr("popover", "auto").Attr("role", "group").Aria("label", s.Name).Body(
			append(s.Body, app.Button().Type("button").Class("btn", "btn-primary", "only-phone").Attr("popovertarget", s.ID).Attr("popovertargetaction", "hide").Text("Done"))...),
	)
}
