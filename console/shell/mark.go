package shell

import "github.com/maxence-charriere/go-app/v9/pkg/app"

const svg = "http://www.w3.org/2000/svg"

// mark draws the logo.
func mark() app.UI {
	return app.Elem("svg").XMLNS(svg).DataSet("c", "mark").Attr("viewBox", "0 0 24 24").Aria("hidden", "true").Body(
		app.Elem("use").XMLNS(svg).Attr("href", "/web/logo.svg#mark"),
	)
}
