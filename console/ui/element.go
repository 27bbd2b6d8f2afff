package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Focus moves the focus to the element with the id after the next draw. It does nothing if there is no
// such element.
func Focus(ctx app.Context, id string) {
	ctx.Defer(func(app.Context) { FocusElement(ByID(id)) })
}

// FocusTitle moves the focus to the page's h1 after the next draw, for when the row or button that had
// the focus is gone.
func FocusTitle(ctx app.Context) {
	ctx.Defer(func(app.Context) { FocusElement(First("h1")) })
}

// FocusError moves the focus to the first invalid field after the next draw, and opens its [Fold].
func FocusError(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		field := First(`[aria-invalid="true"]`)
		if !field.Truthy() {
			return
		}
		if fold := field.Call("closest", "details"); fold.Truthy() {
			fold.Set("open", true)
		}
		if choice := field.Call("querySelector", ".choice input:enabled"); choice.Truthy() { // a group of choices
			field = choice
		}
		FocusElement(field)
	})
}

// FocusElement moves the focus to the element, if it exists.
func FocusElement(element app.Value) {
	if element.Truthy() {
		element.Call("focus")
	}
}

// ByID returns the element with the id, or a falsy value.
func ByID(id string) app.Value { return app.Window().GetElementByID(id) }

// First returns the first element that the CSS selector matches, or a falsy value.
func First(selector string) app.Value {
	return app.Window().Get("document").Call("querySelector", selector)
}

// held keeps a field's text in step with its component. While a person types, the browser owns the text:
// go-app would trim it and write it back, which loses the space between two words. So it is set when the
// field is mounted, and later only if it differs.
type held struct{ first string }

func (h *held) hold(text string) { h.first = text }

func (h *held) sync(id, text string) {
	if field := ByID(id); field.Truthy() && field.Get("value").String() != text {
		field.Set("value", text)
	}
}
