package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Guard asks before a person leaves a page that shows something irretrievable: by closing or reloading
// the tab, by a link, or by going back. The zero value guards nothing.
type Guard struct {
	release []func()
	ctx     app.Context
}

// GuardAction tells the shell whether a guard is on. While it is, the shell offers nothing that leaves
// the page.
const GuardAction = "/ui/guarding"

// On reports whether the guard is on.
func (g *Guard) On() bool { return len(g.release) > 0 }

// Start guards until Stop. For a link or going back, it calls ask with a function that does what was
// prevented. A closing tab asks by itself, in the browser's words. The context is the page's.
func (g *Guard) Start(ctx app.Context, ask func(leave func())) {
	if g.On() {
		return
	}
	g.ctx = ctx
	ctx.NewActionWithValue(GuardAction, true)

	// Going back first reaches this extra entry of the same address, so that the page can still ask. Going back
	// several steps may reach another page: the entry then lies on that page's.
	location := app.Window().Get("location")
	address, path := location.Get("href").String(), location.Get("pathname").String()
	sentinel := func() {
		under := 0
		if location.Get("pathname").String() == path {
			under = depth() + 1
		}
		history().Call("pushState", map[string]any{"depth": under}, "", address)
	}
	sentinel()

	g.listen("beforeunload", func(e app.Value) {
		e.Call("preventDefault")
		e.Set("returnValue", "") // for browsers that ignore preventDefault in this event
	})
	g.instead("onpopstate", func() { // go-app's handler would open the page of the entry
		sentinel()
		ctx.Dispatch(func(app.Context) {
			ask(func() {
				g.Stop()
				history().Call("go", -depth()-1) // to before the page, past all entries that it has made
			})
		})
	})
	// Capture the click before go-app follows the link.
	g.listen("click", func(e app.Value) {
		link := e.Get("target").Call("closest", "a[href]")
		if !link.Truthy() || link.Call("hasAttribute", "download").Bool() || opensElsewhere(e) {
			return
		}
		e.Call("preventDefault")
		e.Call("stopPropagation")
		address := link.Get("href").String()
		ctx.Dispatch(func(app.Context) {
			ask(func() {
				g.Stop()
				Leave(ctx, address)
			})
		})
	})
}

// Stop ends the guard. It may be called more than once.
func (g *Guard) Stop() {
	if g.On() {
		g.ctx.NewActionWithValue(GuardAction, false)
	}
	for _, release := range g.release {
		release()
	}
	g.release = nil
}

// Cancel ends the guard and removes its entry from the history, unless that lies on another page's.
func (g *Guard) Cancel() {
	if g.On() {
		g.Stop()
		if depth() > 0 {
			history().Call("back")
		}
	}
}

// instead replaces a handler of the window until the guard ends.
func (g *Guard) instead(handler string, do func()) {
	window := app.Window()
	before := window.Get(handler)
	after := app.FuncOf(func(app.Value, []app.Value) any {
		do()
		return nil
	})
	window.Set(handler, after)
	g.release = append(g.release, func() {
		window.Set(handler, before)
		after.Release()
	})
}

func (g *Guard) listen(event string, do func(e app.Value)) {
	g.release = append(g.release, listen(event, do))
}

// opensElsewhere reports whether a click opens another tab, so that the page stays.
func opensElsewhere(e app.Value) bool {
	return e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()
}
