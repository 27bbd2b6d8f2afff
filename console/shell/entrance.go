package shell

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// starting is shown while the session starts or signs out. It shows its text only if that takes a while.
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

// entrance is shown instead of a page while nobody is signed in.
type entrance struct {
	app.Compo
	Standing  session.Standing
	OnSignIn  func(failed func(error))
	OnRetry   func(app.Context)
	OnSignOut func()

	leaving bool
	failure error // of leaving for the provider
}

// Render draws it.
func (e *entrance) Render() app.UI {
	return app.Div().Class("sign-in").Body(
		app.Main().ID("main").Body(append([]app.UI{app.Div().Class("mark-lg").Body(mark())}, e.body()...)...),
		app.Footer().Class("wall").Body(app.Span().Text("Arxkeys"), &ui.Theme{}),
	)
}

func (e *entrance) body() []app.UI {
	switch {
	case e.Standing.State != session.Failed:
		return e.signIn()
	case problem.Is(e.Standing.Err, problem.Forbidden):
		return []app.UI{
			&ui.Title{Text: "You have no role here"},
			app.P().Class("lead").Text(sentence(e.Standing.Err)),
			app.Div().Class("stack").Body(
				&ui.Button{Label: "Sign out", Icon: "sign-out", OnClick: e.OnSignOut},
				app.P().Class("hint").Text("Ask an owner of your organisation for a role, then sign in again."),
			),
		}
	}
	return []app.UI{
		&ui.Title{Text: "Arxkeys can’t be reached"},
		app.P().Class("lead").Text(sentence(e.Standing.Err)),
		app.Div().Class("stack").Body(
			app.Button().Type("button").Class("btn", "btn-primary", "btn-block").OnClick(e.retry).Body(ui.Icon("rotate"), app.Text("Try again")),
			app.P().Class("hint").Text("Nothing was changed, and you are still signed in if you were."),
		),
	}
}

func (e *entrance) signIn() []app.UI {
	why := e.Standing.Err
	if e.failure != nil {
		why = e.failure
	}
	return []app.UI{
		&ui.Title{Text: "Sign in to Arxkeys"},
		app.P().Class("lead").Text("API keys that join applications and Arxes."),
		app.Div().Class("stack").Body(
			app.If(why != nil, app.Div().Class("banner").Attr("role", "alert").Body(ui.Icon("clock"), app.Div().Text(sentence(why)))),
			app.Button().Type("button").Class("btn", "btn-primary", "btn-block").Aria("disabled", e.leaving).OnClick(e.leave).
				Body(app.Text("Sign in"), ui.Icon("chevron-right")),
			app.P().Class("hint").Text("You go to your organisation’s sign-in page and come back. Arxkeys never sees your password."),
		),
	}
}

func (e *entrance) leave(ctx app.Context, _ app.Event) {
	if e.leaving {
		return
	}
	e.leaving, e.failure = true, nil
	e.OnSignIn(func(err error) {
		ctx.Dispatch(func(app.Context) { e.leaving, e.failure = false, err })
	})
}

func (e *entrance) retry(ctx app.Context, _ app.Event) { e.OnRetry(ctx) }

// sentence returns the text of an error for people: a problem's detail.
func sentence(err error) string {
	if err == nil {
		return ""
	}
	return problem.Of(err).Detail
}
