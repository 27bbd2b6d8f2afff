package shell

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// starting is shown while the session starts again or signs out. It shows its text only if that takes a while.
type starting struct {
	app.Compo
	Text string
	late bool
}

// OnMount starts the delay before the text is shown.
func (s *starting) OnMount(ctx app.Context) {
	ctx.After(150*time.Millisecond, func(app.Context) { s.late = true })
}

// Render draws the text once the delay is over.
func (s *starting) Render() app.UI {
	boot := app.Main().Class("boot").ID("main")
	if !s.late {
		return boot.Body(mark())
	}
	return boot.Body(mark(), app.P().Attr("role", "status").Text(s.Text))
}

// entrance is shown instead of a page after the session could not start. The sign-in itself is in index.html.
type entrance struct {
	app.Compo
	Err       error
	OnRetry   func(app.Context)
	OnSignOut func()
}

// Render draws it.
func (e *entrance) Render() app.UI {
	return app.Div().Class("gate").Body(
		app.Main().Class("gate-row").ID("main").Body(app.Div().Class("gatehouse").Body(
			append([]app.UI{app.P().Class("brand").Body(mark(), app.Text("Arxkeys"))}, e.body()...)...)),
		app.Div().Class("gate-ground"),
		app.Footer().Class("gate-foot").Body(app.Span(), &ui.Theme{}),
	)
}

func (e *entrance) body() []app.UI {
	if problem.Is(e.Err, problem.Forbidden) {
		return []app.UI{
			&ui.Title{Text: "You have no role here"},
			app.P().Class("lead").Text(sentence(e.Err)),
			app.Div().Class("stack").Body(
				&ui.Button{Label: "Sign out", Icon: "sign-out", OnClick: e.OnSignOut},
				app.P().Class("hint").Text("Ask an owner of your organisation for a role, then sign in again."),
			),
		}
	}
	return []app.UI{
		&ui.Title{Text: "Arxkeys can’t be reached"},
		app.P().Class("lead").Text(sentence(e.Err)),
		app.Div().Class("stack").Body(
			app.Button().Type("button").Class("btn", "btn-primary", "btn-block").OnClick(e.retry).Body(ui.Icon("rotate"), app.Text("Try again")),
			app.P().Class("hint").Text("Nothing was changed, and you are still signed in if you were."),
		),
	}
}

func (e *entrance) retry(ctx app.Context, _ app.Event) { e.OnRetry(ctx) }

// sentence returns the text of an error for people: a problem's detail.
func sentence(err error) string {
	if err == nil {
		return ""
	}
	return problem.Of(err).Detail
}

// showSignIn shows the page's sign-in, with the reason why nobody is signed in, or nil. The program draws nothing
// meanwhile.
func showSignIn(why error) { app.Window().Call("arxkeysSignedOut", sentence(why)) }
