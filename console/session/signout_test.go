package session

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// late is a transport that holds back the answers of one operation until they are released. While it is
// cut, no call gets through.
type late struct {
	mu      sync.Mutex
	at      string        // method and path
	came    chan struct{} // signals that an answer is held back
	release chan struct{}
	cut     bool
}

func (l *late) hold(at string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.came, l.release = at, make(chan struct{}, 100), make(chan struct{})
}

func (l *late) Do(ctx context.Context, r client.Request) (client.Response, error) {
	l.mu.Lock()
	at, came, release, cut := l.at, l.came, l.release, l.cut
	l.mu.Unlock()
	if cut {
		return client.Response{}, problem.New(problem.Unavailable, "no way")
	}
	answer, err := client.DefaultTransport().Do(ctx, r)
	if at == r.Method+" "+address(r.URL) {
		came <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
			return client.Response{}, context.Cause(ctx)
		}
	}
	return answer, err
}

func (l *late) setCut(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
}

// browser is what the tabs of a test have in common.
type browser struct {
	t     *testing.T
	d     *deployment
	o     *origin
	shelf *cupboard
	line  *late
}

func browse(t *testing.T) *browser {
	return &browser{t: t, d: deploy(t), o: &origin{}, shelf: &cupboard{boxes: map[string]map[string]client.Response{}}, line: &late{}}
}

func (b *browser) run(tab Tab) *Session {
	s := New(tab, b.shelf)
	s.transport = b.line
	s.sleep = func(time.Duration) { select {} } // only the test retries
	return s
}

// arriving is a tab that returns from the provider with a code.
func (b *browser) arriving() (*Session, *spoken) {
	m := b.d.tab("/")
	q := b.d.leave(m, "/")
	m.address = b.d.origin + "/callback?code=good&state=" + q.Get("state")
	tab := b.o.open(m)
	return b.run(tab), tab
}

func (b *browser) signIn() (*Session, *spoken) {
	b.t.Helper()
	s, tab := b.arriving()
	s.Start(context.Background())
	if st := s.Standing(); st.State != SignedIn {
		b.t.Fatalf("standing %+v", st)
	}
	return s, tab
}

// nothing fails the test if anything about anybody is stored, or could still be.
func (b *browser) nothing(sessions []*Session, tabs []*spoken) {
	b.t.Helper()
	for i, s := range sessions {
		eventually(b.t, "the tab stands signed out", func() bool { return s.Standing().State == SignedOut })
		if s.Me().Tenant != "" || s.held() != (tokens{}) {
			b.t.Errorf("tab %d holds %+v, %+v", i, s.Me(), s.held())
		}
		s.KeepDraft("key", "nightly export")
		if keys := tabs[i].Keys(""); len(keys) != 0 {
			b.t.Errorf("tab %d: sessionStorage holds %v", i, keys)
		}
	}
	if notes := tabs[0].Notes(""); len(notes) != 0 {
		b.t.Errorf("localStorage holds %v", notes)
	}
	if boxes := b.shelf.Boxes(context.Background()); len(boxes) != 0 {
		b.t.Errorf("the shelf holds %v", boxes)
	}
	b.d.mu.Lock()
	defer b.d.mu.Unlock()
	if b.d.refresh != "" {
		b.t.Errorf("%s is still good: revoked %v", b.d.refresh, b.d.revoked)
	}
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 1000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited for: %s", what)
}

// pending are the operations that can be in progress when somebody signs out. Each returns the tab with
// the operation's answer held back.
var pending = map[string]func(b *browser) (*Session, *spoken, func()){
	"code redemption": func(b *browser) (*Session, *spoken, func()) {
		s, tab := b.arriving()
		b.line.hold("POST /oidc/token")
		return s, tab, func() { s.Start(context.Background()) }
	},
	"who is signed in": func(b *browser) (*Session, *spoken, func()) {
		s, tab := b.arriving()
		b.line.hold("GET /v1/me")
		return s, tab, func() { s.Start(context.Background()) }
	},
	"refresh after a reload": func(b *browser) (*Session, *spoken, func()) {
		_, tab := b.signIn()
		tab = b.o.reload(tab)
		s := b.run(tab)
		b.line.hold("POST /oidc/token")
		return s, tab, func() { s.Start(context.Background()) }
	},
	"who is signed in after a reload": func(b *browser) (*Session, *spoken, func()) {
		_, tab := b.signIn()
		tab = b.o.reload(tab)
		s := b.run(tab)
		b.line.hold("GET /v1/me")
		return s, tab, func() { s.Start(context.Background()) }
	},
	"refresh": func(b *browser) (*Session, *spoken, func()) {
		s, tab := b.signIn()
		b.d.mu.Lock()
		clear(b.d.access) // the next call gets a 401
		b.d.mu.Unlock()
		b.line.hold("POST /oidc/token")
		return s, tab, func() { me(s) }
	},
	"answer to a read": func(b *browser) (*Session, *spoken, func()) {
		s, tab := b.signIn()
		b.line.hold("GET /v1/me")
		return s, tab, func() { me(s) }
	},
	"end of an outage": func(b *browser) (*Session, *spoken, func()) {
		s, tab := b.signIn()
		b.line.setCut(true)
		me(s)
		b.line.setCut(false)
		b.line.hold("GET /v1/me")
		return s, tab, func() { s.Retry(context.Background()) }
	},
	"end of an outage that the tab was opened in": func(b *browser) (*Session, *spoken, func()) {
		s, tab := opened(b)
		b.line.hold("GET /v1/me")
		return s, tab, func() { s.Retry(context.Background()) }
	},
	"refresh at the end of an outage that the tab was opened in": func(b *browser) (*Session, *spoken, func()) {
		s, tab := opened(b)
		b.line.hold("POST /oidc/token")
		return s, tab, func() { s.Retry(context.Background()) }
	},
}

// opened is a tab that was opened during an outage.
func opened(b *browser) (*Session, *spoken) {
	_, tab := b.signIn()
	tab = b.o.reload(tab)
	b.line.setCut(true)
	s := b.run(tab)
	s.Start(context.Background())
	if st := s.Standing(); st.State != SignedIn || st.Outage == nil {
		b.t.Fatalf("standing %+v", st)
	}
	b.line.setCut(false)
	return s, tab
}

func TestAnswerThatComesAfterTheSignOutIsNotKept(t *testing.T) {
	for name, begin := range pending {
		t.Run(name, func(t *testing.T) {
			b := browse(t)
			s, tab, work := begin(b)
			var under sync.WaitGroup
			under.Go(work)
			<-b.line.came
			var out sync.WaitGroup
			out.Go(func() { s.SignOut(context.Background())() })
			eventually(t, "the sign-out has begun", func() bool { return len(tab.Keys("")) == 0 && s.Standing().State != SignedIn })
			close(b.line.release)
			under.Wait()
			out.Wait()
			b.nothing([]*Session{s}, []*spoken{tab})
		})
	}
}

func TestAnswerThatComesAfterTheSignOutOfAnotherTabIsNotKept(t *testing.T) {
	for name, begin := range pending {
		if name == "code redemption" { // the other tab is of the same sign-in
			continue
		}
		for _, deaf := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				b := browse(t)
				s, tab, work := begin(b)
				var under sync.WaitGroup
				under.Go(work)
				<-b.line.came
				twin := b.o.duplicate(tab)
				other := b.run(twin)
				if deaf {
					b.o.hears(tab, false)
				}
				other.SignOut(context.Background())
				if !deaf {
					eventually(t, "the tab has heard", func() bool { return s.Standing().State == SigningOut || s.Standing().State == SignedOut })
				}
				close(b.line.release)
				under.Wait()
				if deaf {
					me(s) // any further call
				}
				eventually(t, "the tab signs out", func() bool { return s.Standing().State == SignedOut })
				s.revoke(context.Background(), b.d.refresh) // the other tab holds no token
				b.nothing([]*Session{s, other}, []*spoken{tab, twin})
			})
		}
	}
}

func TestCodeRedeemedAfterTheSignOutOfAnotherTabIsNotKept(t *testing.T) {
	b := browse(t)
	other, twin := b.signIn()
	s, tab := b.arriving()
	b.line.hold("POST /oidc/token")
	var under sync.WaitGroup
	under.Go(func() { s.Start(context.Background()) })
	<-b.line.came
	other.SignOut(context.Background())
	eventually(t, "the tab has heard", func() bool { return s.Standing().State != Starting })
	close(b.line.release)
	under.Wait()
	b.nothing([]*Session{s, other}, []*spoken{tab, twin})
}

func TestAnswerThatComesAfterTheEndOfTheSessionIsNotKept(t *testing.T) {
	for _, name := range []string{"refresh", "answer to a read", "end of an outage"} {
		t.Run(name, func(t *testing.T) {
			b := browse(t)
			s, tab, work := pending[name](b)
			s.KeepDraft("key", "nightly export")
			var under sync.WaitGroup
			under.Go(work)
			<-b.line.came
			s.end(s.present(), errOver)
			close(b.line.release)
			under.Wait()
			eventually(t, "the shelf is empty", func() bool { return len(b.shelf.Boxes(context.Background())) == 0 })
			if keys := tab.Keys("arxkeys."); s.Standing().State != Ended || s.held() != (tokens{}) || len(keys) != 0 {
				t.Errorf("standing %+v, tokens %+v, %v kept", s.Standing(), s.held(), keys)
			}
			if draft := ""; !s.Draft("key", &draft) || draft != "nightly export" {
				t.Error("the draft is lost: it is the same person who goes on")
			}
		})
	}
}

// A sign-in that began before the sign-out leaves no trace of the page it began on.
func TestLeavingToSignInAfterTheSignOutIsGivenUp(t *testing.T) {
	b := browse(t)
	tab := b.o.open(b.d.tab("/keys?q=nightly"))
	s := b.run(tab)
	b.line.hold("GET /config.json")
	failed := make(chan error)
	go func() { failed <- s.SignIn(context.Background(), "/keys?q=nightly") }()
	<-b.line.came
	s.followSignOut()
	close(b.line.release)
	if err := <-failed; !problem.Is(err, problem.Unauthenticated) || tab.left != "" {
		t.Errorf("error %v, left for %q", err, tab.left)
	}
	b.nothing([]*Session{s}, []*spoken{tab})
}

func TestWhatTabsToldBeforeTheSignOutIsNotTakenOverAfterIt(t *testing.T) {
	b := browse(t)
	s, tab := b.signIn()
	told := s.held()
	told.Turn, told.Access, told.Refresh = told.Turn+1, "access-x", "refresh-x"
	s.SignOut(context.Background())
	s.hear(encoded(t, word{Tokens: told}))
	s.hear(encoded(t, word{Ask: true, Tokens: tokens{Family: told.Family}}))
	b.nothing([]*Session{s}, []*spoken{tab})
}

func TestEveryTabSignsOut(t *testing.T) {
	b := browse(t)
	first, tab := b.signIn()
	sessions, tabs := []*Session{first}, []*spoken{tab}
	for range 3 {
		twin := b.o.duplicate(tab)
		s := b.run(twin)
		s.Start(context.Background())
		s.KeepDraft("key", "nightly export")
		sessions, tabs = append(sessions, s), append(tabs, twin)
	}
	own, another := b.signIn() // a separate sign-in
	sessions, tabs = append(sessions, own), append(tabs, another)
	var wait sync.WaitGroup
	for _, s := range sessions[1:] {
		wait.Go(func() {
			for range 20 {
				me(s) // so that there is an answer to keep
			}
		})
	}
	first.SignOut(context.Background())
	wait.Wait()
	for _, s := range sessions {
		eventually(t, "every tab signs out", func() bool { return s.Standing().State == SignedOut })
	}
	b.nothing(sessions, tabs)
	if first.Standing().Err != nil || !errors.Is(sessions[1].Standing().Err, errElsewhere) {
		t.Errorf("reasons %v, %v", first.Standing().Err, sessions[1].Standing().Err)
	}
}

// A tab that was closed, asleep or duplicated later starts with its stored data.
func TestTabThatComesBackAfterTheSignOutIsSignedOut(t *testing.T) {
	b := browse(t)
	first, tab := b.signIn()
	first.KeepDraft("key", "nightly export")
	twin := b.o.duplicate(tab)
	first.SignOut(context.Background())
	s := b.run(twin)
	s.Start(context.Background())
	b.nothing([]*Session{first, s}, []*spoken{tab, twin})
}

// slowShelf deletes nothing until it is released.
type slowShelf struct {
	*cupboard
	asked, release chan struct{}
}

func (s slowShelf) Remove(ctx context.Context, box string) {
	s.asked <- struct{}{}
	<-s.release
	s.cupboard.Remove(ctx, box)
}

// The answer to a page's request may hold a secret, and the page may still be on the screen.
func TestAnswerThatComesAfterTheSignOutReachesNoPage(t *testing.T) {
	b := browse(t)
	s, _ := b.signIn()
	b.line.hold("GET /v1/me")
	answered := make(chan error)
	go func() { answered <- me(s) }()
	<-b.line.came
	s.SignOut(context.Background())
	close(b.line.release)
	if err := <-answered; !problem.Is(err, problem.Unauthenticated) {
		t.Errorf("error %v", err)
	}
}

func TestNobodyStandsSignedOutBeforeAllIsRemoved(t *testing.T) {
	b := browse(t)
	_, tab := b.signIn()
	tab = b.o.reload(tab)
	slow := slowShelf{b.shelf, make(chan struct{}, 1), make(chan struct{})}
	s := New(tab, slow)
	s.Start(context.Background())
	done := make(chan struct{})
	go func() {
		s.SignOut(context.Background())
		close(done)
	}()
	<-slow.asked
	eventually(t, "the provider has revoked", func() bool { b.d.mu.Lock(); defer b.d.mu.Unlock(); return len(b.d.revoked) == 1 })
	select {
	case <-done:
		t.Error("it is done while answers are kept")
	default:
	}
	if st := s.Standing(); st.State != SigningOut {
		t.Errorf("standing %+v while answers are kept", st)
	}
	close(slow.release)
	<-done
	b.nothing([]*Session{s}, []*spoken{tab})
}

func TestSignOutGoesOnWithoutAProviderThatAnswers(t *testing.T) {
	b := browse(t)
	s, tab := b.signIn()
	b.line.hold("POST /oidc/revoke")
	s.SignOut(context.Background())()
	if s.Standing().State != SignedOut || tab.left != b.d.origin+"/" || len(tab.Keys("")) != 0 || len(b.shelf.Boxes(context.Background())) != 0 {
		t.Errorf("standing %+v, left for %q with %v", s.Standing(), tab.left, tab.Keys(""))
	}
}

func TestDraftsArePersonsOwn(t *testing.T) {
	b := browse(t)
	m := b.d.tab("/")
	m.Set("draft/somebody-else/key", `"theirs"`)
	q := b.d.leave(m, "/")
	m.address = b.d.origin + "/callback?code=good&state=" + q.Get("state")
	tab := b.o.open(m)
	s := b.run(tab)
	s.KeepDraft("key", "nobody's")
	s.Start(context.Background())
	var draft string
	if s.Draft("key", &draft) || len(tab.Keys(draftsKey)) != 0 {
		t.Errorf("draft %q, kept %v", draft, tab.Keys(draftsKey))
	}
	s.KeepDraft("key", "mine")
	if !s.Draft("key", &draft) || draft != "mine" {
		t.Errorf("draft %q", draft)
	}
	secret, err := accesskey.NewManagement("01J9Zk3V8QpTfW2x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s.KeepDraft("key", "use "+secret.Reveal())
	if !s.Draft("key", &draft) || draft != "mine" {
		t.Error("a draft with a management key in it is kept")
	}
	s.DropDraft("key")
	if s.Draft("key", &draft) {
		t.Error("it is still there")
	}
}

func TestAnswersThatAreTooOldAreRemoved(t *testing.T) {
	kept := func(age time.Duration) client.Response {
		answer := ok(`{}`)
		answer.Header[keptAt] = time.Now().Add(-age).UTC().Format(time.RFC3339)
		return answer
	}
	t.Run("at the start", func(t *testing.T) {
		b := browse(t)
		b.shelf.boxes["kept-gone"] = map[string]client.Response{"/v1/me": kept(MaxAge + time.Minute)}
		b.shelf.boxes["kept-mixed"] = map[string]client.Response{"/v1/me": kept(time.Hour), "/v1/keys": kept(MaxAge + time.Minute)}
		s := b.run(b.o.open(b.d.tab("/"))) // nobody is signed in
		s.Start(context.Background())
		eventually(t, "the old are removed", func() bool {
			b.shelf.mu.Lock()
			defer b.shelf.mu.Unlock()
			return len(b.shelf.boxes) == 1 && len(b.shelf.boxes["kept-mixed"]) == 1
		})
	})
	t.Run("when asked for", func(t *testing.T) {
		b := browse(t)
		s, _ := b.signIn()
		box := boxOf(api.Me{Tenant: "acme"})
		b.shelf.Put(context.Background(), box, "/v1/keys", kept(MaxAge+time.Minute))
		if _, _, ok := s.shelved.look(context.Background(), client.Request{Method: "GET", URL: "/v1/keys"}); ok {
			t.Error("it is shown")
		}
		if _, ok := b.shelf.Get(context.Background(), box, "/v1/keys"); ok {
			t.Error("it is still there")
		}
	})
}
