package overview

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// step is one of the three from nothing to a key. Steps add up to a set.
type step int

const (
	application step = 1 << iota
	arx
	key
)

var steps = []struct {
	step              step
	icon, title, text string
	action, leads     string
}{
	{application, "app", "Register an application", "Its name, who owns it, and whether it runs on a server or in a browser or phone.", "Create application", "/applications/new"},
	{arx, "arx", "Register an Arx", "Where it runs, how it encrypts, and how often its keys rotate.", "Create Arx", "/arxes/new"},
	{key, "key", "Create an API key", "Needs one application and one Arx. You will see the access key once, and try it with one curl.", "Create API key", "/keys/new"},
}

// firstSteps leads a newcomer. The current step is the first that is not done.
func (o *Overview) firstSteps() app.UI {
	f := o.reading.Value
	done := map[step]bool{application: f.applications.Total+f.applications.Archived > 0, arx: f.arxes.Total > 0}
	var items []app.UI
	current := true
	for i, s := range steps {
		body := []app.UI{
			app.Span().Class("n").Body(ui.Icon(s.icon)),
			app.Div().Body(
				app.Small().Class("hint").Text("Step "+strconv.Itoa(i+1)),
				app.H2().Text(s.title),
				app.P().Text(s.text),
				app.If(!done[s.step] && f.why[s.step] != "", app.P().Class("hint").Text(f.why[s.step])),
			),
		}
		item := app.Li()
		if done[s.step] {
			body = append(body, ui.Badge("active", "Done"))
		} else {
			b := &ui.Button{Label: s.action, Icon: "plus", Disabled: !f.allowed(s.step), OnClick: func() { o.ctx.Navigate(s.leads) }}
			if current {
				b.Look = ui.Primary
				item.Aria("current", "step")
			}
			current = false
			body = append(body, b)
		}
		items = append(items, item.Body(body...))
	}
	return ui.Page(
		ui.Head{Title: "Welcome to Arxkeys", Lead: "Three steps to the first verified request. About four minutes."},
		app.Section().Class("card").Aria("label", "First steps").Body(
			app.Div().Class("flow").Aria("hidden", true).Body(
				box("app", "Application", "something that calls"),
				app.Div().Class("flow-key").Body(app.Span().Body(ui.Icon("key"), app.Text("API key"))),
				box("arx", "Arx", "a cluster that is called"),
			),
			app.Ol().Class("first-steps").Body(items...),
		),
	)
}

func box(icon, name, what string) app.UI {
	return app.Div().Class("flow-box").Body(ui.Icon(icon), app.Span().Body(app.B().Text(name), app.Small().Text(what)))
}
