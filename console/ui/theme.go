package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Theme switches between light, dark and the system's theme. The page's script theme.js does it, which also applies the
// choice before the first paint.
type Theme struct {
	app.Compo
	chosen string
}

var themes = []struct{ value, name, icon string }{
	{"light", "Light", "sun"},
	{"dark", "Dark", "moon"},
	{"auto", "As the system", "auto"},
}

// OnMount reads the choice.
func (t *Theme) OnMount(app.Context) {
	t.chosen = "auto"
	if theme := app.Window().Get("document").Get("documentElement").Get("dataset").Get("theme"); theme.Truthy() {
		t.chosen = theme.String()
	}
}

// Render draws the switch.
func (t *Theme) Render() app.UI {
	return app.Div().Class("theme").Attr("role", "group").Aria("label", "Theme").Body(
		app.Range(themes).Slice(func(i int) app.UI {
			c := themes[i]
			return app.Button().Type("button").Value(c.value).Aria("label", c.name).Aria("pressed", t.chosen == c.value).
				Body(Icon(c.icon))
		}),
	)
}
