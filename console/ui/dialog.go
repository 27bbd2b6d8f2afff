package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Dialog is a native, modal dialog, named by its title. The page draws it, opens it with [OpenDialog]
// and closes it with [CloseDialog]. Its callbacks are methods of the page.
type Dialog struct {
	ID       string
	Title    string // the action, such as "Delete API key"
	Lead     []app.UI
	Body     []app.UI
	Foot     []app.UI // buttons; the one that acts is last
	OnSubmit func()   // Enter in a field, or a submit button
	OnCancel func()   // Esc
}

// UI draws the dialog.
func (d Dialog) UI() app.UI {
	head := []app.UI{app.H2().ID(d.ID + "-title").Text(d.Title)}
	if len(d.Lead) > 0 {
		head = append(head, app.P().ID(d.ID+"-text").Body(d.Lead...))
	}
	cancel, submit := d.OnCancel, d.OnSubmit
	return app.Dialog().ID(d.ID).Class("dialog").Attr("role", "dialog").
		Attr("aria-labelledby", d.ID+"-title").Attr("aria-describedby", d.ID+"-text").
		On("cancel", func(_ app.Context, e app.Event) {
			e.PreventDefault()
			cancel()
		}, d.ID).
		On("close", func(_ app.Context, e app.Event) { // a second Esc closes the dialog even if the page prevents the first
			if dialog := e.Get("target"); dialog.Get(closedByPage).Truthy() {
				dialog.Set(closedByPage, false)
				return
			}
			cancel()
		}, d.ID).
		Body(app.Form().Attr("novalidate", true).OnSubmit(func(_ app.Context, e app.Event) {
			e.PreventDefault()
			if submit != nil {
				submit()
			}
		}, d.ID).Body(
			app.Header().Class("dialog-head").Body(head...),
			app.Div().Class("dialog-body").Body(d.Body...),
			app.Footer().Class("dialog-foot").Body(d.Foot...),
		))
}

// closedByPage marks a dialog that the page has closed. Its close event comes late, when the dialog may
// already show something else, and must not count as a cancellation.
const closedByPage = "closedByPage"

// OpenDialog shows the dialog after the next draw. The focus goes to the element with the id field,
// never to a destructive button.
func OpenDialog(ctx app.Context, id, field string) {
	ctx.Defer(func(app.Context) {
		if dialog := ByID(id); dialog.Truthy() && !dialog.Get("open").Bool() {
			dialog.Call("showModal")
			FocusElement(ByID(field))
		}
	})
}

// CloseDialog closes the dialog, which returns the focus to where it was. The page stops drawing the
// dialog in the same event.
func CloseDialog(id string) {
	if dialog := ByID(id); dialog.Truthy() && dialog.Get("open").Bool() {
		dialog.Set(closedByPage, true)
		dialog.Call("close")
	}
}
