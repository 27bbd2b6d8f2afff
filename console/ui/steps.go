package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Steps shows the progress of a wizard. While it is Open, completed steps are links back.
type Steps struct {
	app.Compo
	Names   []string
	Current int
	Open    bool
	OnPick  func(step int)
}

// Render draws the steps.
func (s *Steps) Render() app.UI {
	items := make([]app.UI, len(s.Names))
	for i, name := range s.Names {
		item := app.Li()
		switch {
		case i == s.Current:
			items[i] = item.Aria("current", "step").Body(app.Span().Class("name").Text(name))
		case i > s.Current:
			items[i] = item.Body(app.Span().Class("name").Text(name))
		case s.Open:
			items[i] = item.DataSet("state", "done").Body(Icon("check"), app.Span().Class("name").Body(
				app.Button().Type("button").Class("step").DataSet("step", i).OnClick(s.pick).Text(name), app.Span().Class("sr").Text(" (done)")))
		default:
			items[i] = item.DataSet("state", "done").Body(Icon("check"), app.Span().Class("name").Body(
				app.Text(name), app.Span().Class("sr").Text(" (done)")))
		}
	}
	return app.Ol().Class("steps").Aria("label", "Steps").Body(items...)
}

func (s *Steps) pick(ctx app.Context, _ app.Event) {
	if step, err := strconv.Atoi(ctx.JSSrc().Get("dataset").Get("step").String()); err == nil {
		s.OnPick(step)
	}
}
