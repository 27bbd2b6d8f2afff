package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Disclosure is a button at the end of a row that shows or hides its details.
type Disclosure struct {
	app.Compo
	ID       string // of the row
	What     string // what the row describes, for the accessible name
	Open     bool
	OnToggle func(id string)
}

// Render draws the button.
func (d *Disclosure) Render() app.UI {
	name, icon := "Show what changed: ", "chevron-right"
	if d.Open {
		name, icon = "Hide what changed: ", "chevron-down"
	}
	return app.Button().Type("button").Class("icon-btn").Aria("expanded", d.Open).Aria("label", name+d.What).OnClick(d.click).Body(Icon(icon))
}

func (d *Disclosure) click(app.Context, app.Event) { d.OnToggle(d.ID) }
