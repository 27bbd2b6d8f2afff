package shell

import (
	"context"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session"
	"github.com/arxkeys/arxkeys/console/ui"
)

// banners draws the states that concern every page: an outage, an ended session, a new version of the
// console.
func (s *Shell) banners() []app.UI {
	var out []app.UI
	if o := s.standing.Outage; o != nil {
		out = append(out, ui.Banner("bad", "cloud-off", "Arxkeys can’t be reached.", whileOut(*o, time.Now()),
			&ui.Button{Label: "Try now", Icon: "rotate", Small: true, OnClick: s.retry}))
	}
	if s.standing.State == session.Ended {
		what, then, _ := strings.Cut(sentence(s.standing.Err), ". ")
		out = append(out, app.Div().Class("banner").DataSet("tone", "warn").Attr("role", "alert").Body(
			ui.Icon("clock"),
			app.Div().Body(app.B().Text(what+"."), app.Text(" "+then+" What you see stays until then, and nothing is saved.")),
			&ui.Button{Label: "Sign in", Small: true, OnClick: s.signInAgain},
		))
	}
	if s.update && !s.guarded {
		out = append(out, app.Div().Class("banner").Attr("role", "status").Body(
			ui.Icon("rotate"),
			app.Div().Body(app.B().Text("A new version of the console is ready."), app.Text(" It starts when you reload.")),
			&ui.Button{Label: "Reload to update", Small: true, OnClick: s.updateNow},
		))
	}
	return out
}

// whileOut says what is possible during an outage, and what happens next.
func whileOut(o session.Outage, now time.Time) string {
	next := "Changes are not possible until it is back. The console retries every 10 seconds."
	if o.Kept.IsZero() {
		return "What is on the page stays. " + next
	}
	return "The data was loaded " + clock(o.Kept, now) + ". " + next
}

// clock formats a time of the last 24 hours: at 13:58, or yesterday at 13:58.
func clock(t, now time.Time) string {
	at := "at " + ui.InText(t, t.In(now.Location()).Format("15:04"))
	if ui.Day(t, now) != ui.Day(now, now) {
		return "yesterday " + at
	}
	return at
}

func (s *Shell) retry() { go s.Session.Retry(context.Background()) }

// listen retries at once when the browser reports that it is online.
func (s *Shell) listen() {
	app.Window().Call("addEventListener", "online", app.FuncOf(func(app.Value, []app.Value) any { // never released: the shell lives as long as the program
		s.retry()
		return nil
	}))
}

// updateWaits reports whether the page's script boot.js has a new version ready.
func updateWaits() bool {
	ask := app.Window().Get("arxkeysUpdateWaits")
	return ask.Truthy() && ask.Invoke().Truthy()
}

// updateNow switches to the new version, which reloads the page. It checks again that no access key would
// be lost: that the button is hidden proves nothing.
func (s *Shell) updateNow() {
	if !s.guarded {
		app.Window().Call("arxkeysUpdate")
	}
}
