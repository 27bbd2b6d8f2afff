// Package session signs a person in and keeps them signed in.
//
// Sign-in is OpenID Connect's authorization code flow with PKCE (RFC 7636): the tab leaves for the
// provider and comes back to /callback with a code. The access token lives in memory. The refresh
// token, which the provider rotates, lives in the tab's sessionStorage, so that a reload signs
// nobody out, for [MaxAge] at most.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// MaxAge is how long a person stays signed in, however often the tokens are refreshed.
const MaxAge = 12 * time.Hour

// early is how long before its end an access token counts as spent: it has to last for the call
// that it goes along with.
const early = 30 * time.Second

// Session is a person's time at the console, from sign-in to sign-out. It belongs to one tab.
type Session struct {
	tab       Tab
	transport client.Transport
	now       func() time.Time
	arrival   arrival // what the tab came back from the provider with
	shelved   *shelved
	sleep     func(time.Duration)
	peers     Peers         // nil where the tab has none
	news      chan struct{} // tokens have come from another tab
	patience  time.Duration // with a tab that holds newer tokens

	sweeping sync.Once

	mu        sync.Mutex
	epoch     epoch     // see within
	signedOut epoch     // which the last sign-out began
	provider  *provider // nil until /config.json was read
	standing  Standing
	me        api.Me
	live      bool // me came from the API, and not from the shelf
	tokens    tokens
	renewing  *renewal // the refresh under way, nil while there is none
	watched   bool     // an outage is being watched
	watchers  []func()
}

// Standing is how a session stands.
type Standing struct {
	State  State
	Err    error   // why it is Failed, or why it is SignedOut where that was nobody's wish
	Outage *Outage // the API can't be reached; nil while it can
}

// State is a step in the life of a session.
type State int

// The states of a session.
const (
	Starting   State = iota // what the tab holds is being tried
	SignedOut               // nobody: nothing of anybody is stored
	SignedIn                // somebody: Me is known
	Ended                   // somebody was: the page still stands, but nothing can be asked for
	Failed                  // it could not be found out; Start tries again
	SigningOut              // what is stored is being removed
)

// New returns the session of a tab. Where the tab comes back from the provider, New takes the code
// out of its address and puts back the one that the person left from, before anybody else reads it.
// The shelf keeps what is read for reading it again without a connection; nil keeps nothing.
func New(tab Tab, shelf Shelf) *Session {
	s := &Session{tab: tab, transport: client.DefaultTransport(), now: time.Now, sleep: time.Sleep}
	s.shelved = &shelved{shelf: shelf, now: func() time.Time { return s.now() }, lives: s.lives, lock: s.lockShelf, turn: make(chan struct{}, 1)}
	s.arrival = arrive(tab)
	s.listen(tab)
	return s
}

// Client returns a client that calls the API as the person who is signed in now. It is good until
// the session ends.
func (s *Session) Client() *client.Client { return s.clientOf(s.present()) }

func (s *Session) clientOf(e epoch) *client.Client {
	return &client.Client{
		BaseURL:       s.tab.Origin(),
		Authorization: func(ctx context.Context) (string, error) { return s.authorize(ctx, e) },
		Transport:     outliving{s, e, retrying{s, e}},
	}
}

// Me returns who is signed in and what they may do; the zero value while nobody is. A page is
// mounted only while somebody is.
func (s *Session) Me() api.Me {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.me
}

// Standing returns how the session stands.
func (s *Session) Standing() Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.standing
}

// Watch calls the function after every change of the standing, on any goroutine.
func (s *Session) Watch(changed func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, changed)
}

// Start signs in with what the tab holds: the code that it came back with, or the refresh token of
// before a reload. It returns when the outcome stands.
func (s *Session) Start(ctx context.Context) {
	e := s.present()
	s.stand(e, Standing{State: Starting})
	s.stand(e, s.start(ctx, e))
	s.sweeping.Do(func() { go s.sweepShelf() })
}

// start returns how the session stands. Where it has ended meanwhile, that stands already, and
// outlasts what is returned.
func (s *Session) start(ctx context.Context, e epoch) Standing {
	if err := s.configure(ctx); err != nil {
		return s.offline(ctx, e, Standing{State: Failed, Err: err})
	}
	var came arrival
	s.within(e, func() { came, s.arrival = s.arrival, arrival{} }) // a code is good once
	switch {
	case came.err != nil:
		return Standing{State: SignedOut, Err: came.err}
	case came.code != "":
		if err := s.redeem(ctx, e, came); err != nil {
			return Standing{State: SignedOut, Err: err}
		}
	case !s.holds(): // what a Start before this one has got is still good
		if err := s.resume(ctx, e); err != nil {
			return s.offline(ctx, e, outcome(err))
		}
	}
	me, err := client.Call(ctx, s.clientOf(e), api.GetMe, api.Nothing{})
	if err != nil {
		if problem.Is(err, problem.Unauthenticated) {
			err = problem.Because(problem.Unauthenticated, err, "The API does not accept this sign-in. Sign in again.")
			s.end(e, err)
			return Standing{State: SignedOut, Err: err}
		}
		return s.offline(ctx, e, Standing{State: Failed, Err: err})
	}
	s.welcome(ctx, e, me)
	return Standing{State: SignedIn, Outage: s.Standing().Outage}
}

// welcome takes over who is signed in. From now on it is known whose what is kept is.
func (s *Session) welcome(ctx context.Context, e epoch, me api.Me) {
	s.shelved.open(ctx, e, me)
	body, _ := json.Marshal(me) // strings and booleans
	s.shelved.put(ctx, e, client.Request{Method: "GET", URL: api.GetMe.Path}, client.Response{Status: 200, Body: body})
	s.within(e, func() {
		s.me, s.live = me, true
		for _, key := range s.tab.Keys(draftsKey) {
			if !strings.HasPrefix(key, s.draftsOf()) { // somebody else's, whose session ended in this tab
				s.tab.Remove(key)
			}
		}
	})
}

// offline turns a start that failed for want of an answer into one that reads what the principal has
// read before, where there is any.
func (s *Session) offline(ctx context.Context, e epoch, st Standing) Standing {
	if st.State != Failed || !problem.Is(st.Err, problem.Unavailable) || !s.shelved.find(ctx, e) {
		return st
	}
	s.lose(e, st.Err, time.Time{})
	me, err := client.Call(ctx, s.clientOf(e), api.GetMe, api.Nothing{})
	if err != nil {
		return st
	}
	s.within(e, func() {
		s.me = me
		st = Standing{State: SignedIn, Outage: s.standing.Outage}
	})
	return st
}

// errNobody says that the tab holds nothing to sign in with.
var errNobody = errors.New("nobody is signed in")

func outcome(err error) Standing {
	switch {
	case errors.Is(err, errNobody):
		return Standing{State: SignedOut}
	case problem.Is(err, problem.Unauthenticated):
		return Standing{State: SignedOut, Err: err}
	}
	return Standing{State: Failed, Err: err}
}

// SignIn leaves for the provider. The person comes back to the address within the console, such as
// /keys?status=active.
func (s *Session) SignIn(ctx context.Context, back string) error {
	e := s.present()
	if err := s.configure(ctx); err != nil {
		return err
	}
	leave := depart(back)
	if !s.within(e, func() { s.tab.Set(departureKey, leave.String()) }) {
		return errOver
	}
	s.tab.Leave(s.provider.authorization(s.tab.Origin(), leave))
	return nil
}

func (s *Session) holds() bool { return s.held().Access != "" }

func (s *Session) held() tokens {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}
