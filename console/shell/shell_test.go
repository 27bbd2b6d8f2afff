package shell

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// stance is a session with a standing that a test sets.
type stance struct {
	standing session.Standing
	changed  func()
	started  int
}

func (s *stance) Start(context.Context)      { s.started++; s.changed() }
func (s *stance) Standing() session.Standing { return s.standing }
func (s *stance) Me() api.Me {
	return api.Me{Principal: api.By{Name: "owner@example.com"}, Role: api.Owner, Tenant: "acme"}
}
func (s *stance) Ends() time.Time                      { return time.Time{} }
func (s *stance) SignIn(context.Context, string) error { return nil }
func (s *stance) SignOut(context.Context) func()       { return func() {} }
func (s *stance) Retry(context.Context)                {}
func (s *stance) Watch(changed func())                 { s.changed = changed }

// sheet is a page that counts how often it was mounted.
type sheet struct {
	app.Compo
	mounted int
}

func (s *sheet) OnMount(app.Context) { s.mounted++ }
func (s *sheet) Render() app.UI      { return ui.Page(ui.Head{Title: "A sheet"}) }

func (s *stance) stand(d app.ClientDispatcher, st session.Standing) {
	s.standing = st
	s.changed()
	d.Consume()
}

func mounted(t *testing.T, st session.Standing) (*stance, *sheet, *Shell, app.ClientDispatcher) {
	t.Helper()
	s, page := &stance{standing: st}, &sheet{}
	shell := &Shell{Session: s, Page: page, Links: []ui.Link{{Text: "Sheets", Href: "/sheets"}}, Current: "/sheets"}
	d := app.NewClientTester(shell)
	t.Cleanup(d.Close)
	d.Consume()
	return s, page, shell, d
}

func TestPageIsMountedOnlyWhileSomebodyIsSignedIn(t *testing.T) {
	s, page, shell, d := mounted(t, session.Standing{State: session.SignedOut})
	if s.started != 1 || page.mounted != 0 || app.HTMLString(shell) != "<div></div>" {
		t.Fatalf("started %d times, page mounted %d times: %s", s.started, page.mounted, app.HTMLString(shell))
	}
	s.stand(d, session.Standing{State: session.SignedIn})
	html := app.HTMLString(shell)
	for _, want := range []string{"A sheet", "Sheets", `aria-current="page"`, "owner@example.com", "Owner", "acme", "Skip to content"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing in %s", want, html)
		}
	}
}

func TestPageStandsWhenTheSessionEnds(t *testing.T) {
	s, page, shell, d := mounted(t, session.Standing{State: session.SignedIn})
	s.stand(d, session.Standing{State: session.Ended, Err: problem.New(problem.Unauthenticated, "You were signed out after 12 hours. Sign in to go on.")})
	html := app.HTMLString(shell)
	if page.mounted != 1 || !strings.Contains(html, "A sheet") {
		t.Errorf("page mounted %d times: %s", page.mounted, html)
	}
	if !strings.Contains(html, "You were signed out after 12 hours.") {
		t.Errorf("nobody says so: %s", html)
	}
}

func TestNothingIsOnTheScreenWhileSomebodySignsOut(t *testing.T) {
	s, page, shell, d := mounted(t, session.Standing{State: session.SignedIn})
	s.stand(d, session.Standing{State: session.SigningOut})
	if html := app.HTMLString(shell); page.Mounted() || strings.Contains(html, "Sign in") || strings.Contains(html, "owner@example.com") {
		t.Errorf("the page is mounted: %t; %s", page.Mounted(), html)
	}
}

func TestEntranceSaysWhatIsWrongAndNothingOfTheCause(t *testing.T) {
	for what, err := range map[string]error{
		"You have no role here":    problem.New(problem.Forbidden, "No role."),
		"Arxkeys can’t be reached": problem.Because(problem.Unavailable, errors.New("dial 10.0.0.7"), "Try again."),
	} {
		_, _, shell, _ := mounted(t, session.Standing{State: session.Failed, Err: err})
		if html := app.HTMLString(shell); !strings.Contains(html, what) || strings.Contains(html, "10.0.0.7") {
			t.Errorf("want %q: %s", what, html)
		}
	}
}

func TestToastLivesOnePageLong(t *testing.T) {
	_, _, shell, d := mounted(t, session.Standing{State: session.SignedIn})
	ui.Notify(d.Context(), ui.Toast{Text: "Billing is registered.", Action: &ui.Link{Text: "Create API key", Href: "/keys/new"}})
	d.Consume()
	if len(shell.notices.toasts) != 1 || !strings.Contains(app.HTMLString(shell), "Billing is registered.") {
		t.Fatalf("no toast: %s", app.HTMLString(shell))
	}
	shell.notices.turn()
	if len(shell.notices.toasts) != 1 {
		t.Error("gone before anybody read it")
	}
	shell.notices.turn()
	if len(shell.notices.toasts) != 0 {
		t.Error("still there two pages on")
	}
}

func TestTheSameIsAnnouncedTwice(t *testing.T) {
	var n notices
	n.announce(nil, app.Action{Value: "Copied."})
	first := n.said
	n.announce(nil, app.Action{Value: "Copied."})
	if n.said == first {
		t.Error("a screen reader follows changes, and there was none")
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Mara Lindqvist": "ML", "owner@example.com": "O", "mara.lindqvist@example.com": "ML", "élodie van den berg": "ÉB", "": "?", "@": "?",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) are %q, want %q", name, got, want)
		}
	}
}

func TestAfterAnOutageAPageReadsAgainWhatItShows(t *testing.T) {
	s := &stance{standing: session.Standing{State: session.SignedIn}}
	page := &reader{}
	d := app.NewClientTester(&Shell{Session: s, Page: page})
	defer d.Close()
	d.Consume()
	d.Consume()
	if page.reads != 1 {
		t.Fatalf("read %d times at first", page.reads)
	}
	s.stand(d, session.Standing{State: session.SignedIn, Outage: &session.Outage{}})
	if page.reads != 1 {
		t.Errorf("read %d times when the outage began", page.reads)
	}
	s.stand(d, session.Standing{State: session.SignedIn})
	d.Consume()
	if page.reads != 2 {
		t.Errorf("read %d times, want once more", page.reads)
	}
}

// reader is a page that reads something.
type reader struct {
	app.Compo
	reads   int
	reading ui.Reading[int]
}

func (r *reader) OnMount(ctx app.Context) {
	r.reading.Start(ctx, func(context.Context) (int, error) { return 0, nil }, func() { r.reads++ })
}
func (r *reader) Render() app.UI { return app.Div() }

func TestAnUpdateIsNotOfferedWhileAPageIsGuarded(t *testing.T) {
	s := &Shell{Session: &stance{}, update: true}
	if len(s.banners()) != 1 {
		t.Fatal("the update is not offered")
	}
	s.guarded = true
	if len(s.banners()) != 0 {
		t.Error("the update is offered where an access key would go with the page")
	}
}
