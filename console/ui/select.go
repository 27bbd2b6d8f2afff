package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Option is an option of a [Select].
type Option struct{ Value, Label string }

// Select is a drop-down list.
type Select struct {
	app.Compo
	ID       string
	Label    string
	Bare     bool // no visible label, for a filter bar, where the options explain themselves
	Hint     string
	Error    string
	Options  []Option
	Value    string
	On       bool // marked, because it filters the list
	OnChoose func(value string)
}

// Render draws the choice.
func (s *Select) Render() app.UI {
	control := app.Select().ID(s.ID).OnChange(s.change).
		Attr("aria-invalid", s.Error != "").Attr("aria-describedby", described(s.ID, "", s.Hint, s.Error))
	options := make([]app.UI, len(s.Options))
	for i, o := range s.Options {
		options[i] = app.Option().Value(o.Value).Text(o.Label).Selected(o.Value == s.Value)
	}
	box := app.Span().Class("select")
	if s.On {
		box.DataSet("on", true)
	}
	if s.Bare {
		return box.Body(control.Aria("label", s.Label).Body(options...), Icon("chevron-down"))
	}
	return app.Div().Class("field").Body(
		label(s.ID, s.Label, ""),
		box.Body(control.Body(options...), Icon("chevron-down")),
		message(s.ID, s.Hint, s.Error),
	)
}

func (s *Select) change(ctx app.Context, _ app.Event) {
	s.OnChoose(ctx.JSSrc().Get("value").String())
}
