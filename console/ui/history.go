package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Each entry of the tab's history says in its state how many of those under it are of the same page:
// the steps of a wizard, or the one that a guard has made. So the page can be left as a whole, also
// after a reload.

func history() app.Value { return app.Window().Get("history") }

// depth returns how many entries under the present one are of the same page.
func depth() int {
	if state := history().Get("state"); state.Truthy() && state.Get("depth").Truthy() {
		return state.Get("depth").Int()
	}
	return 0
}

// setDepth tells the present entry how many of those under it are of the same page.
func setDepth(n int) {
	history().Call("replaceState", map[string]any{"depth": n}, "", app.Window().Get("location").Get("href"))
}

// Leave goes to the address from a page that has made entries of the history: they go, but for the first,
// so that going back from there leads to the page and not through all of it again. Where they don't go,
// because the browser has forgotten some of them, it leaves all the same.
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

// longestWayBack is how long going back in the history may take: a browser does it in a few milliseconds.
const longestWayBack = 500 * time.Millisecond

// listen calls do for every such event of the window, in the capturing phase, until it is released. Of popstate go-app
// learns before.
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
