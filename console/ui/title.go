package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Title is the h1 of a page. It also sets the document's title.
type Title struct {
	app.Compo
	Text string
}

// TitledAction says the title of the page that is shown.
const TitledAction = "/ui/titled"

// OnMount sets the document's title.
func (t *Title) OnMount(ctx app.Context) { t.name(ctx) }

// OnUpdate sets the document's title again.
func (t *Title) OnUpdate(ctx app.Context) { t.name(ctx) }

func (t *Title) name(ctx app.Context) {
	app.Window().Get("document").Set("title", t.Text+" · Arxkeys")
	ctx.NewActionWithValue(TitledAction, t.Text)
}

// Render draws the h1. It gets the focus when a page opens, but is not in the tab order.
func (t *Title) Render() app.UI { return app.H1().TabIndex(-1).Text(t.Text) }
