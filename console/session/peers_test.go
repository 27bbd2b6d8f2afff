package session

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// origin is what the tabs of a browser have in common.
type origin struct {
	mu    sync.Mutex
	locks map[string]chan struct{}
	notes map[string]string
	tabs  []*spoken
}

// spoken is a tab that is connected with the others.
type spoken struct {
	*memory
	of    *origin
	heard func(string)
	deaf  bool // frozen: messages to it are lost
}

func (o *origin) open(m *memory) *spoken {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := &spoken{memory: m, of: o}
	o.tabs = append(o.tabs, t)
	return t
}

// duplicate opens a tab with a copy of another one's storage.
func (o *origin) duplicate(t *spoken) *spoken {
	t.mu.Lock()
	defer t.mu.Unlock()
	return o.open(&memory{origin: t.origin, address: t.origin + "/", store: maps.Clone(t.store)})
}

// reload opens the tab again: its storage stays, and its old program receives nothing more.
func (o *origin) reload(t *spoken) *spoken {
	again := o.duplicate(t)
	o.hears(t, false)
	return again
}

func (t *spoken) Lock(ctx context.Context, name string) (func(), error) {
	t.of.mu.Lock()
	if t.of.locks == nil {
		t.of.locks = map[string]chan struct{}{}
	}
	lock, ok := t.of.locks[name]
	if !ok {
		lock = make(chan struct{}, 1)
		t.of.locks[name] = lock
	}
	t.of.mu.Unlock()
	select {
	case lock <- struct{}{}:
		return func() { <-lock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (t *spoken) Tell(text string) {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	for _, other := range t.of.tabs {
		if other != t && other.heard != nil && !other.deaf {
			go other.heard(text)
		}
	}
}

func (t *spoken) Hear(heard func(string)) {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	t.heard = heard
}

func (t *spoken) Note(name, text string) {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	if t.of.notes == nil {
		t.of.notes = map[string]string{}
	}
	t.of.notes[name] = text
	if text == "" {
		delete(t.of.notes, name)
	}
}

func (t *spoken) Notes(prefix string) map[string]string {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	notes := maps.Clone(t.of.notes)
	maps.DeleteFunc(notes, func(name, _ string) bool { return !strings.HasPrefix(name, prefix) })
	return notes
}

// signInTab signs in with a tab that is connected with the others.
func (d *deployment) signInTab(o *origin) (*Session, *spoken) {
	d.t.Helper()
	m := d.tab("/")
	q := d.leave(m, "/")
	m.address = d.origin + "/callback?code=good&state=" + q.Get("state")
	tab := o.open(m)
	s := New(tab, nil)
	s.Start(context.Background())
	if st := s.Standing(); st.State != SignedIn {
		d.t.Fatalf("standing %+v", st)
	}
	return s, tab
}

func TestDuplicatedTabsStaySignedIn(t *testing.T) {
	d, o := deploy(t), &origin{}
	first, tab := d.signInTab(o)
	twin := o.duplicate(tab)
	second := New(twin, nil)
	second.Start(context.Background())
	if st := second.Standing(); st.State != SignedIn || d.refreshes != 0 {
		t.Fatalf("the second tab: %+v after %d refreshes, want the tokens of the first", st, d.refreshes)
	}
	for round := 1; round <= 3; round++ {
		d.mu.Lock()
		clear(d.access) // both meet a 401 at once
		d.mu.Unlock()
		var wait sync.WaitGroup
		for _, s := range []*Session{first, second} {
			wait.Go(func() {
				if err := me(s); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		wait.Wait()
		if d.refreshes != round {
			t.Fatalf("round %d: %d refreshes, want one a round", round, d.refreshes)
		}
	}
	if tab.Get(keptKey) != twin.Get(keptKey) {
		t.Error("a reload of one of them begins with a token that is spent")
	}
}

// missed is a sign-in of two tabs, the second of which has missed that the first has refreshed.
func missed(t *testing.T) (d *deployment, second *Session, o *origin, tab, twin *spoken) {
	d, o = deploy(t), &origin{}
	first, tab := d.signInTab(o)
	twin = o.duplicate(tab)
	second = New(twin, nil)
	second.Start(context.Background())
	twin.deaf = true
	d.mu.Lock()
	clear(d.access)
	d.mu.Unlock()
	if err := me(first); err != nil {
		t.Fatal(err)
	}
	return d, second, o, tab, twin
}

// hears sets whether the tab receives from the others.
func (o *origin) hears(t *spoken, yes bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t.deaf = !yes
}

func TestTabThatMissedARefreshAsksForIt(t *testing.T) {
	d, second, o, _, twin := missed(t)
	o.hears(twin, true)
	if err := me(second); err != nil || d.refreshes != 1 {
		t.Errorf("error %v after %d refreshes", err, d.refreshes)
	}
}

// The tab with the newest refresh token may be busy drawing or loading a page. Using the replaced token
// would sign out both tabs.
func TestTabWaitsForTheOneThatHoldsTheNewestToken(t *testing.T) {
	d, second, o, tab, twin := missed(t)
	o.hears(twin, true)
	o.hears(tab, false)
	time.AfterFunc(5*moment, func() { o.hears(tab, true) })
	if err := me(second); err != nil || d.refreshes != 1 {
		t.Errorf("error %v after %d refreshes", err, d.refreshes)
	}
}

// After a reload, a tab holds a refresh token but no access token yet.
func TestTabGetsARefreshTokenFromOneThatIsLoading(t *testing.T) {
	d, second, o, tab, twin := missed(t)
	again := New(o.reload(tab), nil)
	o.hears(twin, true)
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := me(second); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(3 * moment)
	wait.Go(func() { again.Start(context.Background()) })
	wait.Wait()
	if st := again.Standing(); st.State != SignedIn || d.refreshes != 2 {
		t.Errorf("standing %+v after %d refreshes, want one more, by the second tab with the first one's token", st, d.refreshes)
	}
}

// Another tab may send only a refresh token: no access token has replaced the expired one.
func TestRefreshTokenAloneIsNoRenewal(t *testing.T) {
	d, o := deploy(t), &origin{}
	s, tab := d.signInTab(o)
	told := s.held()
	spent := told.Access
	told.Turn, told.Access = told.Turn+1, ""
	o.duplicate(tab).Tell(encoded(t, word{Tokens: told}))
	for range 100 {
		if s.held().Turn == told.Turn {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := s.renew(context.Background(), s.present(), spent); err != nil || d.refreshes != 1 || s.held().Turn != told.Turn+1 {
		t.Errorf("error %v after %d refreshes, at turn %d", err, d.refreshes, s.held().Turn)
	}
}

func encoded(t *testing.T, w word) string {
	t.Helper()
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// If no tab has the newest token any more, the tab tries its own: the provider may accept it.
func TestTabDoesNotWaitForeverForOneThatIsGone(t *testing.T) {
	d, second, o, tab, twin := missed(t)
	o.hears(twin, true)
	o.hears(tab, false)
	second.patience = 2 * moment
	if err := me(second); err == nil || second.Standing().State != Ended || d.refreshes != 2 {
		t.Errorf("error %v, standing %+v, %d refreshes", err, second.Standing(), d.refreshes)
	}
}

func TestNotesGoWithTheirSignIn(t *testing.T) {
	d, o := deploy(t), &origin{}
	_, tab := d.signInTab(o)
	if notes := tab.Notes(replacements); len(notes) != 1 {
		t.Fatalf("%v", notes)
	}
	tab.Note(replacements+"OLD", "7 "+strconv.FormatInt(time.Now().Add(-MaxAge-time.Hour).Unix(), 10))
	tab.Note(replacements+"ODD", "x")
	tab.Note("theme", "dark")
	second, other := d.signInTab(o)
	if notes := tab.Notes(""); len(notes) != 3 || notes["theme"] != "dark" {
		t.Errorf("after the next sign-in: %v", notes)
	}
	second.SignOut(context.Background())
	if notes := other.Notes(""); len(notes) != 1 || notes["theme"] != "dark" {
		t.Errorf("after signing out: %v", notes)
	}
}

func TestTabsOfAnotherSignInAreNotHeard(t *testing.T) {
	d, o := deploy(t), &origin{}
	first, _ := d.signInTab(o)
	held := first.tokens
	other := &Session{tab: o.open(d.tab("/")), now: time.Now}
	other.listen(other.tab)
	other.tell(word{Tokens: tokens{Family: "another", Turn: 99, Access: "theirs", Refresh: "theirs"}})
	other.tell(word{Tokens: tokens{Family: "", Turn: 99, Access: "theirs"}})
	time.Sleep(50 * time.Millisecond)
	first.mu.Lock()
	defer first.mu.Unlock()
	if first.tokens != held {
		t.Errorf("it took over %+v", first.tokens)
	}
}
