package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Segments is a choice between very few options, all visible; choosing one takes effect at once.
type Segments struct {
	app.Compo
	Name     string
	Options  []Option
	Value    string
	OnChoose func(value string)
}

// Render draws the choice.
func (s *Segments) Render() app.UI {
	buttons := make([]app.UI, len(s.Options))
	for i, o := range s.Options {
		buttons[i] = app.Button().Type("button").Value(o.Value).Aria("pressed", o.Value == s.Value).OnClick(s.click).Text(o.Label)
	}
	return app.Div().Class("seg").Attr("role", "group").Aria("label", s.Name).Body(buttons...)
}

func (s *Segments) click(ctx app.Context, _ app.Event) {
	s.OnChoose(ctx.JSSrc().Get("value").String())
}
