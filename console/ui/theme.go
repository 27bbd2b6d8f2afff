package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Theme switches between light, dark and the system's theme. The browser stores the choice; the script
// theme.js applies it before the first paint.
type Theme struct {
	app.Compo
	chosen string
}

const themeKey = "theme" // in localStorage; also used by theme.js

var themes = []struct{ value, name, icon string }{
	{"light", "Light", "sun"},
	{"dark", "Dark", "moon"},
	{"auto", "As the system", "auto"},
}

// OnMount reads the choice.
func (t *Theme) OnMount(app.Context) {
	t.chosen = "auto"
	if v := app.Window().Get("localStorage").Call("getItem", themeKey); v.Truthy() {
		t.chosen = v.String()
	}
}

// Render draws the switch.
func (t *Theme) Render() app.UI {
	return app.Div().Class("theme").Attr("role", "group").Aria("label", "Theme").Body(
		app.Range(themes).Slice(func(i int) app.UI {
			c := themes[i]
			return app.Button().Type("button").Value(c.value).Aria("label", c.name).Aria("pressed", t.chosen == c.value).
				Body(Icon(c.icon)).
				OnClick(func(app.Context, app.Event) { t.choose(c.value) }, c.value)
		}),
	)
}

func (t *Theme) choose(value string) {
	t.chosen = value
	app.Window().Get("localStorage").Call("setItem", themeKey, value)
	root := app.Window().Get("document").Get("documentElement")
	if value == "auto" {
		root.Call("removeAttribute", "data-theme")
		return
	}
	root.Call("setAttribute", "data-theme", value)
}
