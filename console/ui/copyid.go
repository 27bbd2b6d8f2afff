package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// CopyID shows an id with a button that copies it. In a row, the button appears on hover and focus. The
// prefix is dimmed, because the rest is what people compare.
type CopyID struct {
	app.Compo
	ID     string
	Name   string // accessible name of the button; it never changes
	Of     string // the name of what has the id: describes the button, because many on a page have the same name
	Copied bool
	OnCopy func(id string)
}

// Render draws the id and its button.
func (c *CopyID) Render() app.UI {
	code := app.Code().Text(c.ID)
	if prefix, rest, ok := strings.Cut(c.ID, "_"); ok {
		code = app.Code().Body(app.Span().Class("pre").Text(prefix+"_"), app.Text(rest))
	}
	button := app.Button().Class("copy").Type("button").Aria("label", c.Name).Attr("aria-description", c.Of).OnClick(c.click)
	if !c.Copied {
		return app.Span().Class("copyid").Body(code, button.Body(Icon("copy")))
	}
	return app.Span().Class("copyid").Body(code, button.DataSet("state", "copied").Body(Icon("check")),
		app.Span().Class("copied").Aria("hidden", true).Text("Copied"))
}

func (c *CopyID) click(app.Context, app.Event) { c.OnCopy(c.ID) }
