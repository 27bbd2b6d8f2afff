package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Each entry of the tab's history stores how many of the entries below it belong to the same page: the
// steps of a wizard, or the entry of a guard. So a person can leave the page as a whole, even after a
// reload.

func history() app.Value { return app.Window().Get("history") }

// depth returns how many entries below the current one belong to the same page.
func depth() int {
	if state := history().Get("state"); state.Truthy() && state.Get("depth").Truthy() {
		return state.Get("depth").Int()
	}
	return 0
}

// setDepth stores the depth of the current entry.
func setDepth(n int) {
	history().Call("replaceState", map[string]any{"depth": n}, "", app.Window().Get("location").Get("href"))
}

// Leave navigates to the address from a page that has added entries to the history. It removes all but
// the first, so that going back leads to the page and not through all of its steps. If the browser no
// longer has some of them, it leaves anyway.
func Leave(ctx app.Context, address string) {
	n := depth()
	if n == 0 {
		ctx.Navigate(address)
		return
	}
	waiting := true
	var release func()
	arrive := func() {
		if waiting {
			waiting = false
			release()
			ctx.Navigate(address)
		}
	}
	release = listen("popstate", func(app.Value) {
		ctx.Dispatch(func(app.Context) { arrive() })
	})
	ctx.After(longestWayBack, func(app.Context) { arrive() })
	history().Call("go", -n)
}

// longestWayBack is the time limit for going back in the history, which takes a few milliseconds.
const longestWayBack = 500 * time.Millisecond

// listen calls do for every such event of the window, in the capturing phase, until released. go-app
// handles popstate before it.
func listen(event string, do func(e app.Value)) (release func()) {
	window := app.Window()
	listener := app.FuncOf(func(_ app.Value, args []app.Value) any {
		do(args[0])
		return nil
	})
	window.Call("addEventListener", event, listener, true)
	return func() {
		window.Call("removeEventListener", event, listener, true)
		listener.Release()
	}
}

// OnVisible calls do when the tab becomes visible again, until released. See [Visible].
func OnVisible(do func()) (release func()) {
	return listen("visibilitychange", func(app.Value) {
		if Visible() {
			do()
		}
	})
}

// Visible reports whether a person can see the tab.
func Visible() bool {
	return app.Window().Get("document").Get("visibilityState").String() != "hidden"
}
