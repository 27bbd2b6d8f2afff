package session

import (
	"context"
	"maps"
	"sync"
	"testing"
	"time"
)

// origin is what the tabs of a browser have in common.
type origin struct {
	mu    sync.Mutex
	locks map[string]chan struct{}
	tabs  []*spoken
}

// spoken is a tab that speaks with the others.
type spoken struct {
	*memory
	of    *origin
	heard func(string)
	deaf  bool // frozen: what it is told is lost
}

func (o *origin) open(m *memory) *spoken {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := &spoken{memory: m, of: o}
	o.tabs = append(o.tabs, t)
	return t
}

// duplicate opens a tab that begins with all that another one keeps.
func (o *origin) duplicate(t *spoken) *spoken {
	t.mu.Lock()
	defer t.mu.Unlock()
	return o.open(&memory{origin: t.origin, address: t.origin + "/", store: maps.Clone(t.store)})
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

// signInTab signs in with a tab that speaks.
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

func TestTabThatMissedARefreshAsksForIt(t *testing.T) {
	d, o := deploy(t), &origin{}
	first, tab := d.signInTab(o)
	twin := o.duplicate(tab)
	second := New(twin, nil)
	second.Start(context.Background())
	twin.deaf = true
	d.mu.Lock()
	clear(d.access)
	d.mu.Unlock()
	if err := me(first); err != nil {
		t.Fatal(err)
	}
	o.mu.Lock()
	twin.deaf = false
	o.mu.Unlock()
	if err := me(second); err != nil || d.refreshes != 1 {
		t.Errorf("error %v after %d refreshes", err, d.refreshes)
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
