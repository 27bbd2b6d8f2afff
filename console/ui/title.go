package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Title is the h1 of a page. The document is named after it.
type Title struct {
	app.Compo
	Text string
}

// OnMount names the document.
func (t *Title) OnMount(app.Context) { t.name() }

// OnUpdate names it anew.
func (t *Title) OnUpdate(app.Context) { t.name() }

func (t *Title) name() { app.Window().Get("document").Set("title", t.Text+" · Arxkeys") }

// Render draws the h1. It takes the focus when a page opens, and is no stop of the Tab key.
func (t *Title) Render() app.UI { return app.H1().TabIndex(-1).Text(t.Text) }
