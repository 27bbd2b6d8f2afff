package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// copiedFor is how long a page says that something is copied.
const copiedFor = 2 * time.Second

// Clipboard is what a page has copied. The zero value has copied nothing.
type Clipboard struct {
	copied string
	turn   int
}

// Has reports whether the text has just been copied.
func (c *Clipboard) Has(text string) bool { return text != "" && c.copied == text }

// Copy puts the text on the clipboard and announces it as what it is: "API key key_…". Where the
// browser refuses, that is said in a toast. The context is the page's.
func (c *Clipboard) Copy(ctx app.Context, text, what string) {
	refused := func() {
		Notify(ctx, Toast{Text: "The browser did not copy it.", Detail: "Select the text and copy it by hand.", Tone: "bad"})
	}
	clipboard := app.Window().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() { // not a secure context
		refused()
		return
	}
	settle(clipboard.Call("writeText", text), func() {
		ctx.Dispatch(func(app.Context) {
			c.copied = text
			c.turn++
			turn := c.turn
			ctx.After(copiedFor, func(app.Context) {
				if c.turn == turn {
					c.copied = ""
				}
			})
		})
		Announce(ctx, what+" copied.")
	}, func() { ctx.Dispatch(func(app.Context) { refused() }) })
}

// settle calls one of the functions once the promise is settled.
func settle(promise app.Value, kept, broken func()) {
	var then, catch app.Func
	release := func() {
		then.Release()
		catch.Release()
	}
	then = app.FuncOf(func(app.Value, []app.Value) any {
		release()
		kept()
		return nil
	})
	catch = app.FuncOf(func(app.Value, []app.Value) any {
		release()
		broken()
		return nil
	})
	promise.Call("then", then, catch)
}
