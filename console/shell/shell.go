// Package shell is the frame around every page of the console: navigation, account, sign-in, notices,
// and the states that concern every page, such as an outage.
package shell

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Session is what the shell needs of a session.
type Session interface {
	Start(ctx context.Context)
	Standing() session.Standing
	Me() api.Me
	Ends() time.Time
	SignIn(ctx context.Context, back string) error
	SignOut(ctx context.Context) (leave func())
	Watch(changed func())
	Retry(ctx context.Context)
}

// Shell draws navigation, account, theme and notices around every page. Every route has a shell as its
// root, so that go-app keeps the shell and changes only its page; so a notice survives a change of page.
type Shell struct {
	app.Compo
	Session Session
	Links   []ui.Link
	Current string               // Href of the current link
	Page    app.Composer         // mounted only while somebody is signed in
	Palette func(c Calls) app.UI // the dialog that searches everything

	ctx       app.Context
	standing  session.Standing
	notices   notices
	began     bool      // the session has started once, successfully or not
	going     bool      // the key g was pressed
	searching bool      // the palette is open
	sheet     bool      // the sheet of shortcuts is open
	update    bool      // a new version of the console is ready
	guarded   bool      // the page shows something irretrievable
	path      string    // of the latest page
	places    []ui.Link // latest pages, the latest first
	moves     bool      // a page was shown: from now on, the title of a new page gets the focus
}

// Calls are what the palette calls, and the places that it offers first.
type Calls struct {
	Places  []ui.Link
	OnClose func()
	OnKeys  func()            // shows the keyboard shortcuts
	OnOpen  func(href string) // navigates: the palette's own context ends with it
	OnCopy  func(id string)
}

// OnMount starts the session.
func (s *Shell) OnMount(ctx app.Context) {
	s.ctx, s.notices.ctx = ctx, ctx
	ctx.Handle(ui.NotifyAction, s.notices.notify)
	ctx.Handle(ui.AnnounceAction, s.notices.announce)
	ctx.Handle(ui.TitledAction, s.titled)
	ctx.Handle(ui.GuardAction, func(_ app.Context, a app.Action) { s.guarded, _ = a.Value.(bool) })
	s.listen()
	s.watchKeys()
	ui.Tick(ctx)
	s.Session.Watch(func() { ctx.Dispatch(s.follow) })
	s.update = updateWaits()
	s.start(ctx)
}

// OnNav scrolls to the top of a new page and focuses its title. A change of the query alone, such as a
// filter, does neither.
func (s *Shell) OnNav(ctx app.Context) {
	path := ctx.Page().URL().Path
	another := path != s.path
	s.path = path
	if !another {
		return
	}
	s.notices.turn()
	ctx.Defer(func(app.Context) {
		showTab()
		if s.moves {
			app.Window().Call("scrollTo", 0, 0)
			if !ui.First("#main :focus").Truthy() { // a form may have taken the focus
				ui.FocusElement(ui.First("h1"))
			}
		}
		s.moves = true
	})
}

// showTab scrolls the current tab into view: on a phone, the strip of tabs is wider than the window.
func showTab() {
	if tab := ui.First(".nav [aria-current]"); tab.Truthy() {
		tab.Call("scrollIntoView", map[string]any{"inline": "center", "block": "nearest"})
	}
}

// OnAppUpdate offers the new version of the console.
func (s *Shell) OnAppUpdate(app.Context) { s.update = true }

func (s *Shell) start(ctx app.Context) {
	ctx.Async(func() { s.Session.Start(context.Background()) })
}

// follow takes over the session's standing. After an outage, it makes pages reload what they show.
func (s *Shell) follow(ctx app.Context) {
	out, in := s.standing.Outage != nil, s.standing.State == session.SignedIn
	s.standing = s.Session.Standing()
	if s.standing.State != session.Starting {
		s.began = true
	}
	if !in && s.standing.State == session.SignedIn { // there were no tabs when the address was opened
		ctx.Defer(func(app.Context) { showTab() })
	}
	switch s.standing.State {
	case session.Starting:
	case session.SignedOut:
		showSignIn(s.standing.Err)
	default:
		ctx.Defer(func(app.Context) { app.Window().Call("arxkeysDrawn") })
	}
	if out && s.standing.Outage == nil && s.standing.State == session.SignedIn {
		ctx.NewAction(ui.RereadAction)
		ui.Announce(ctx, "Arxkeys is back.")
	}
}

// Render draws the shell.
func (s *Shell) Render() app.UI {
	switch s.standing.State {
	case session.SignedIn, session.Ended:
		return app.Div().Body(s.frame()...)
	case session.SignedOut:
		return app.Div() // the page's script first.js shows the sign-in while this is empty
	case session.Starting:
		if !s.began {
			return app.Div() // and until then the frame
		}
		return app.Div().Body(&starting{Text: "Signing in."})
	case session.SigningOut:
		return app.Div().Body(&starting{Text: "Signing out."})
	}
	return app.Div().Body(&entrance{Err: s.standing.Err, OnRetry: s.start, OnSignOut: s.signOut})
}

func (s *Shell) frame() []app.UI {
	return []app.UI{
		app.A().Class("skip").Href("#main").Text("Skip to content").OnClick(skip),
		app.Div().Class("app").Body(
			app.Header().Class("side").Body(
				app.A().Class("brand").Href("/").Body(mark(), app.Text("Arxkeys")),
				app.P().Class("tenant").Text(s.tenant()),
				app.Button().Class("jump").Type("button").Aria("haspopup", "dialog").Attr("aria-keyshortcuts", "Control+K Meta+K").OnClick(func(app.Context, app.Event) { s.openPalette() }).
					Body(ui.Icon("search"), app.Span().Text("Search or jump to"), app.Kbd().Aria("hidden", true).Text("Ctrl K")),
				s.nav(),
				app.Div().Class("side-foot").Body(
					&ui.Theme{},
					&account{Me: s.Session.Me(), Ends: s.Session.Ends(), OnSignOut: s.signOut, OnKeys: s.showKeys},
				),
			),
			app.Main().Class("main").ID("main").TabIndex(-1).Body(
				app.Div().Class("banners").Body(s.banners()...),
				s.Page,
				zoneNote(time.Now()),
			),
		),
		s.notices.render(),
		ui.Slot(s.overlays()...),
	}
}

// zoneNote names the time zone of all times on the page. It does not show on a page without any; see .zone in pages.css.
func zoneNote(now time.Time) app.UI {
	note, hint := "Times are in UTC.", ""
	if zone := ui.Zone(now); zone != "UTC" {
		note, hint = "Times are in your time zone, "+zone+".", " Point at one, or move the focus to it, for UTC."
	}
	return app.P().Class("zone").Body(app.Text(note), app.Span().Text(hint))
}

// tenant returns the tenant's name, or the host if the deployment has only one tenant.
func (s *Shell) tenant() string {
	if t := s.Session.Me().Tenant; t != "default" {
		return t
	}
	return app.Window().URL().Host
}

// Open returns the links whose pages open for the person.
func Open(links []ui.Link, me api.Me) []ui.Link {
	var open []ui.Link
	for _, l := range links {
		if l.Needs == "" || me.Can[l.Needs] {
			open = append(open, l)
		}
	}
	return open
}

func (s *Shell) nav() app.UI {
	links := Open(s.Links, s.Session.Me())
	return app.Nav().Class("nav").Aria("label", "Main").Body(
		app.Ul().Body(app.Range(links).Slice(func(i int) app.UI {
			l := links[i]
			a := app.A().Href(l.Href).Body(ui.Icon(l.Icon), app.Text(l.Text))
			if l.Href == s.Current {
				a.Aria("current", "page")
			}
			return app.Li().Body(a)
		})),
		app.Ul().Class("nav-help").Body(outside(GuidesPath, "book", "Documents"), outside(ReferencePath, "terminal", "API reference")),
	)
}

// outside draws a link to a page that is not the console's.
func outside(href, icon, text string) app.UI {
	return app.Li().Body(app.A().Href(href).Target("_blank").Rel("noopener").OnClick(leaveConsole).
		Body(ui.Icon(icon), app.Text(text), app.Span().Class("sr").Text(", in a new tab")))
}

// signInAgain leaves for the provider. The person returns to the current address.
func (s *Shell) signInAgain() {
	u := app.Window().URL()
	go func() {
		if err := s.Session.SignIn(context.Background(), u.RequestURI()); err != nil {
			ui.Notify(s.ctx, ui.Toast{Text: "The sign-in page can’t be opened.", Detail: sentence(err), Tone: "bad"})
		}
	}()
}

// signOut signs out, and leaves when the page is off the screen. Otherwise the browser might keep the page
// for its back button, and a guarded page would ask.
func (s *Shell) signOut() {
	go func() {
		leave := s.Session.SignOut(context.Background())
		s.ctx.Dispatch(func(ctx app.Context) {
			ctx.Defer(func(app.Context) { go leave() })
		})
	}()
}

// skip moves the focus, because go-app would only scroll.
func skip(_ app.Context, e app.Event) {
	e.PreventDefault()
	e.Call("stopPropagation")
	ui.FocusElement(ui.ByID("main"))
}
