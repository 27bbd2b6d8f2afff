package overview

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// step is one of the three steps to the first key. Steps can be combined as a bit set.
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
	may               string
}{
	{application, "app", "Register an application", "Its name, who owns it, and whether it runs on a server or in a browser or phone.", "Create application", "/applications/new", "create_application"},
	{arx, "arx", "Register an Arx", "Where it runs, how it encrypts, and how often its keys rotate.", "Create Arx", "/arxes/new", "create_arx"},
	{key, "key", "Create an API key", "Choose the application and the Arx, or create them on the way. You see the access key once, and try it with one curl.", "Create API key", "/keys/new", "create_key"},
}

// firstSteps draws the steps for a tenant without keys. The current step is the first one that is not done. Who may
// take the last one needs none of the others before it, so that stands out.
func (o *Overview) firstSteps() app.UI {
	v := o.reading.Value
	done := map[step]bool{application: v.Applications.Total+v.Applications.Archived > 0, arx: v.Arxes.Total > 0}
	var items []app.UI
	current, quick := true, allowed(v, key)
	for i, s := range steps {
		body := []app.UI{
			app.Span().Class("n").Body(ui.Icon(s.icon)),
			app.Div().Body(
				app.Small().Class("hint").Text("Step "+strconv.Itoa(i+1)),
				app.H2().Text(s.title),
				app.P().Text(s.text),
				app.If(!done[s.step] && v.Why[s.may] != "", app.P().Class("hint").Text(v.Why[s.may])),
			),
		}
		item := app.Li()
		if done[s.step] {
			body = append(body, ui.Badge("active", "Done"))
		} else {
			b := &ui.Button{Label: s.action, Icon: "plus", Disabled: !allowed(v, s.step), OnClick: func() { o.ctx.Navigate(s.leads) }}
			if quick && s.step == key || !quick && current {
				b.Look = ui.Primary
			}
			if current {
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

// allowed reports whether the person may take the step now: they have the permission, and what a key needs exists or
// they may create it on the way.
func allowed(v api.Overview, s step) bool {
	for _, t := range steps {
		if t.step == s {
			return v.May(t.may) && (s != key || (v.Applications.Active > 0 || v.May("create_application")) && (v.Arxes.Active > 0 || v.May("create_arx")))
		}
	}
	return false
}
