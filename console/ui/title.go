package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Title is the h1 of a page. It also sets the document's title.
type Title struct {
	app.Compo
	Text string
}

// OnMount sets the document's title.
func (t *Title) OnMount(app.Context) { t.name() }

// OnUpdate sets the document's title again.
func (t *Title) OnUpdate(app.Context) { t.name() }

func (t *Title) name() { app.Window().Get("document").Set("title", t.Text+" · Arxkeys") }

// Render draws the h1. It gets the focus when a page opens, but is not in the tab order.
func (t *Title) Render() app.UI { return app.H1().TabIndex(-1).Text(t.Text) }
