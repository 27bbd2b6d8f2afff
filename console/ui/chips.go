package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Chip is a filter of one press.
type Chip struct{ Value, Label, Icon string }

// Chips are filters of one press. At most one is on; pressing it again turns it off.
type Chips struct {
	app.Compo
	Name     string
	Chips    []Chip
	Value    string
	OnChoose func(value string)
}

// Render draws the filters.
func (c *Chips) Render() app.UI {
	buttons := make([]app.UI, len(c.Chips))
	for i, chip := range c.Chips {
		buttons[i] = app.Button().Type("button").Class("chip").Value(chip.Value).Aria("pressed", chip.Value == c.Value).OnClick(c.click).
			Body(Icon(chip.Icon), app.Text(chip.Label))
	}
	return app.Div().Class("chips").Attr("role", "group").Aria("label", c.Name).Body(buttons...)
}

func (c *Chips) click(ctx app.Context, _ app.Event) {
	value := ctx.JSSrc().Get("value").String()
	if value == c.Value {
		value = ""
	}
	c.OnChoose(value)
}
