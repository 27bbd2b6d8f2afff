//go:build js && wasm

package main

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// nowhere is the page of an address that is none.
type nowhere struct{ app.Compo }

// Render draws the page.
func (*nowhere) Render() app.UI {
	return ui.Page(ui.Head{Title: "There is no such page", Lead: "The address may be mistyped, or what it showed has been removed."},
		app.P().Body(app.A().Href("/keys").Text("Go to API keys")),
	)
}
