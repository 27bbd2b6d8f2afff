package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Pick is a check box that selects a row.
type Pick struct {
	app.Compo
	ID       string // of the row
	Name     string // accessible name
	Checked  bool
	OnChange func(on, through bool) // through: all rows from the latest one that was picked to this one
}

// Render draws the box.
func (p *Pick) Render() app.UI {
	return app.Label().Class("check", "pick").Body(
		app.Input().Type("checkbox").Aria("label", p.Name).Checked(p.Checked).OnClick(p.click))
}

// click is called for the space bar too. Unlike a change, a click says whether Shift is down.
func (p *Pick) click(ctx app.Context, e app.Event) {
	p.OnChange(ctx.JSSrc().Get("checked").Bool(), e.Get("shiftKey").Bool())
}
