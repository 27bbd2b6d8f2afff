package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Focus moves the focus to the element with the id once the page is drawn, and does nothing where
// there is none.
func Focus(ctx app.Context, id string) {
	ctx.Defer(func(app.Context) { FocusElement(ByID(id)) })
}

// FocusTitle moves the focus to the page's h1 once the page is drawn: to where somebody is left
// whose row or button is gone.
func FocusTitle(ctx app.Context) {
	ctx.Defer(func(app.Context) { FocusElement(First("h1")) })
}

// FocusError moves the focus to the first field that is wrong, once the page is drawn.
func FocusError(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		field := First(`[aria-invalid="true"]`)
		if !field.Truthy() {
			return
		}
		if choice := field.Call("querySelector", ".choice input:enabled"); choice.Truthy() { // a group of choices
			field = choice
		}
		FocusElement(field)
	})
}

// FocusElement moves the focus to the element, where there is one.
func FocusElement(element app.Value) {
	if element.Truthy() {
		element.Call("focus")
	}
}

// ByID returns the element with the id; it is falsy where there is none.
func ByID(id string) app.Value { return app.Window().GetElementByID(id) }

// First returns the first element that the CSS selector matches; it is falsy where none does.
func First(selector string) app.Value {
	return app.Window().Get("document").Call("querySelector", selector)
}

// held keeps a field's text in step with its component. The text of a field belongs to the browser
// while a person types: go-app would trim it and write it back, and the blank between two words
// would be lost. So it is set as the field is mounted, and later only where it differs.
type held struct{ first string }

func (h *held) hold(text string) { h.first = text }

func (h *held) sync(id, text string) {
	if field := ByID(id); field.Truthy() && field.Get("value").String() != text {
		field.Set("value", text)
	}
}
