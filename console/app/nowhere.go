//go:build js && wasm

package main

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// nowhere is the page for unknown addresses.
type nowhere struct{ app.Compo }

// Render draws the page.
func (*nowhere) Render() app.UI {
	return ui.Missing("There is no such page", "The address may be mistyped, or what it showed has been removed.", ui.Link{Text: "Go to the overview", Href: "/"})
}
