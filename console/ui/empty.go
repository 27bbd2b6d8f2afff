package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Drawing is the picture of an [Empty], as an SVG path between two walls.
type Drawing string

// The drawings.
const (
	DrawBroken Drawing = "M54 56h6M66 56h6M78 56h6M108 56h6M120 56h6M132 56h6M92 52l8 8M100 52l-8 8"
	DrawWindow Drawing = "M70 38h52v34H70zM70 46h52M75 42h.1M80 42h.1"
	DrawGap    Drawing = "M64 76V58h8v5h6v-5M114 58v5h6v-5h8v18M86 70h.1M96 70h.1M106 70h.1"
	DrawWall   Drawing = "M60 76V44h8v6h8v-6h8v6h8v-6h8v6h8v-6h8v6h8v-6h8v32M60 60h72M84 60v16M108 60v16M72 50v10M96 50v10M120 50v10"
)

// Empty takes the place of a list without rows: what would be here, why it is useful, one button.
type Empty struct {
	ID      string
	Draw    Drawing // empty if a filter matches nothing
	Title   string
	Text    string
	Extra   app.UI // between the text and the buttons, or nil
	Actions []app.UI
	Plain   bool // drawn inside a card
	Alert   bool // reports a failure
}

// UI draws the empty state.
func (e Empty) UI() app.UI {
	box := app.Section().Class("card", "empty")
	if e.Plain {
		box = app.Section().Class("empty")
	}
	if e.Alert {
		box.Attr("role", "alert")
	}
	body := []app.UI{}
	if e.Draw != "" {
		body = append(body, draw(e.Draw))
	}
	body = append(body, app.H2().ID(e.ID+"-title").Text(e.Title), app.P().Body(Prose(e.Text)...))
	if e.Extra != nil {
		body = append(body, e.Extra)
	}
	if len(e.Actions) > 0 {
		body = append(body, app.Div().Class("actions").Body(e.Actions...))
	}
	return box.Aria("labelledby", e.ID+"-title").Body(body...)
}

func draw(d Drawing) app.UI {
	path := func(accent bool, line string) app.UI {
		p := app.Elem("path").XMLNS(svg).Attr("d", line)
		if accent {
			p.DataSet("s", "accent")
		}
		return p
	}
	return app.Elem("svg").XMLNS(svg).DataSet("c", "art").Attr("viewBox", "0 0 192 84").Aria("hidden", true).Body(
		path(false, "M4 76h184M14 76V38h7v6h6v-6h8v6h6v-6h7v38M142 76V24h8v7h6v-7h8v7h6v-7h8v52"),
		path(false, "M27 76V66a4 4 0 0 1 8 0v10M156 76V64a4 4 0 0 1 8 0v12"),
		path(true, string(d)),
	)
}
