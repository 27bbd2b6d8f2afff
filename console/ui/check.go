package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Check is a check box.
type Check struct {
	app.Compo
	ID       string
	Label    string
	Checked  bool
	Switch   bool // drawn as a switch: it takes effect at once
	OnChange func(checked bool)
}

// Render draws the box.
func (c *Check) Render() app.UI {
	input := app.Input().Type("checkbox").ID(c.ID).Checked(c.Checked).OnChange(c.change)
	if c.Switch {
		return app.Label().Class("switch").Body(input.Attr("role", "switch"), app.Text(c.Label))
	}
	return app.Label().Class("check").Body(input, app.Span().Text(c.Label))
}

func (c *Check) change(ctx app.Context, _ app.Event) {
	c.OnChange(ctx.JSSrc().Get("checked").Bool())
}
