package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// copiedFor is how long a page shows that something was copied.
const copiedFor = 2 * time.Second

// Clipboard copies text for a page and remembers what it copied last. The zero value is ready to use.
type Clipboard struct {
	copied string
	turn   int
}

// Has reports whether the text was copied within copiedFor.
func (c *Clipboard) Has(text string) bool { return text != "" && c.copied == text }

// Copy copies the text and announces it by its description, such as "API key key_…". The context is the page's.
func (c *Clipboard) Copy(ctx app.Context, text, what string) {
	CopyText(ctx, text, func() {
		c.copied = text
		c.turn++
		turn := c.turn
		ctx.After(copiedFor, func(app.Context) {
			if c.turn == turn {
				c.copied = ""
			}
		})
		Announce(ctx, what+" copied.")
	})
}

// CopyText copies the text, then calls done. If the browser refuses, a toast says so.
func CopyText(ctx app.Context, text string, done func()) {
	refused := func() {
		Notify(ctx, Toast{Text: "The browser did not copy it.", Detail: "Select the text and copy it by hand.", Tone: "bad"})
	}
	clipboard := app.Window().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() { // browsers offer it in secure contexts only
		refused()
		return
	}
	settle(clipboard.Call("writeText", text), func() { ctx.Dispatch(func(app.Context) { done() }) },
		func() { ctx.Dispatch(func(app.Context) { refused() }) })
}

// settle calls one of the functions when the promise settles.
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
