package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Check is a check box.
type Check struct {
	app.Compo
	ID       string
	Label    string
	Checked  bool
	Mixed    bool // neither on nor off
	Switch   bool // drawn as a switch: it takes effect at once
	OnChange func(checked bool)
}

// OnMount sets what no attribute can.
func (c *Check) OnMount(app.Context) { c.mix() }

// OnUpdate sets it again.
func (c *Check) OnUpdate(app.Context) { c.mix() }

func (c *Check) mix() {
	if input := ByID(c.ID); input.Truthy() {
		input.Set("indeterminate", c.Mixed)
	}
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
