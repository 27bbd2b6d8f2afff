package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Pick is a check box that selects a row.
type Pick struct {
	app.Compo
	ID       string // of the row
	Name     string // accessible name
	Checked  bool
	OnChange func(on bool)
}

// Render draws the box.
func (p *Pick) Render() app.UI {
	return app.Label().Class("check", "pick").Body(
		app.Input().Type("checkbox").Aria("label", p.Name).Checked(p.Checked).OnChange(p.change))
}

func (p *Pick) change(ctx app.Context, _ app.Event) { p.OnChange(ctx.JSSrc().Get("checked").Bool()) }
