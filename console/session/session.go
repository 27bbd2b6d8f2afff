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
	client    *client.Client
	arrival   arrival // what the tab came back from the provider with
	shelved   *shelved
	sleep     func(time.Duration)
	peers     Peers         // nil where the tab has none
	news      chan struct{} // tokens have come from another tab
	patience  time.Duration // with a tab that holds newer tokens

	mu       sync.Mutex
	provider *provider // nil until /config.json was read
	standing Standing
	me       api.Me
	tokens   tokens
	renewing *renewal // the refresh under way, nil while there is none
	watched  bool     // an outage is being watched
	watchers []func()
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
	Starting  State = iota // what the tab holds is being tried
	SignedOut              // nobody
	SignedIn               // somebody: Me is known
	Ended                  // somebody was: the page still stands, but nothing can be asked for
	Failed                 // it could not be found out; Start tries again
)

// New returns the session of a tab. Where the tab comes back from the provider, New takes the code
// out of its address and puts back the one that the person left from, before anybody else reads it.
// The shelf keeps what is read for reading it again without a connection; nil keeps nothing.
func New(tab Tab, shelf Shelf) *Session {
	s := &Session{tab: tab, transport: client.DefaultTransport(), now: time.Now, sleep: time.Sleep}
	s.shelved = newShelved(shelf, func() time.Time { return s.now() })
	s.client = &client.Client{BaseURL: tab.Origin(), Authorization: s.authorize, Transport: outliving{s, retrying{s}}}
	s.arrival = arrive(tab)
	s.listen(tab)
	return s
}

// Client returns the client that calls the API as the person who is signed in.
func (s *Session) Client() *client.Client { return s.client }

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
	s.stand(Standing{State: Starting})
	s.stand(s.start(ctx))
}

func (s *Session) start(ctx context.Context) Standing {
	if err := s.configure(ctx); err != nil {
		return s.offline(ctx, Standing{State: Failed, Err: err})
	}
	came := s.arrival
	s.arrival = arrival{} // a code is good once
	switch {
	case came.err != nil:
		return Standing{State: SignedOut, Err: came.err}
	case came.code != "":
		if err := s.redeem(ctx, came); err != nil {
			return Standing{State: SignedOut, Err: err}
		}
	case !s.holds(): // what a Start before this one has got is still good
		if err := s.resume(ctx); err != nil {
			return s.offline(ctx, outcome(err))
		}
	}
	me, err := client.Call(ctx, s.client, api.GetMe, api.Nothing{})
	if err != nil {
		if problem.Is(err, problem.Unauthenticated) {
			s.forget()
			return Standing{State: SignedOut, Err: problem.Because(problem.Unauthenticated, err, "The API does not accept this sign-in. Sign in again.")}
		}
		return s.offline(ctx, Standing{State: Failed, Err: err})
	}
	s.welcome(ctx, me)
	return Standing{State: SignedIn, Outage: s.Standing().Outage}
}

// welcome takes over who is signed in. From now on it is known whose what is kept is.
func (s *Session) welcome(ctx context.Context, me api.Me) {
	s.shelved.open(ctx, me)
	body, _ := json.Marshal(me) // strings and booleans
	s.shelved.put(ctx, client.Request{Method: "GET", URL: api.GetMe.Path}, client.Response{Status: 200, Body: body})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.me = me
}

// offline turns a start that failed for want of an answer into one that reads what the principal has
// read before, where there is any.
func (s *Session) offline(ctx context.Context, st Standing) Standing {
	if st.State != Failed || !problem.Is(st.Err, problem.Unavailable) || !s.shelved.find(ctx) {
		return st
	}
	s.lose(st.Err, time.Time{})
	me, err := client.Call(ctx, s.client, api.GetMe, api.Nothing{})
	if err != nil {
		return st
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.me = me
	return Standing{State: SignedIn, Outage: s.standing.Outage}
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
	if err := s.configure(ctx); err != nil {
		return err
	}
	leave := depart(back)
	s.tab.Set(departureKey, leave.String())
	s.tab.Leave(s.provider.authorization(s.tab.Origin(), leave))
	return nil
}

// drafts begins the keys under which pages keep in the tab what somebody has not finished.
const drafts = "draft/"

// SignOut forgets the tokens and what was not finished, and leaves for the provider's own sign-out, so that the next sign-in
// asks who it is.
func (s *Session) SignOut(ctx context.Context) {
	held := s.held()
	s.unnote(held.Family)
	s.forget()
	s.stand(Standing{State: SignedOut})
	s.shelved.wipe(ctx)
	s.tab.RemoveAll(drafts)
	if err := s.configure(ctx); err != nil {
		s.tab.Leave(s.tab.Origin() + "/")
		return
	}
	s.tab.Leave(s.provider.signOut(s.tab.Origin(), held.ID))
}

// end marks that the tokens ran out. What is on the page stays; what is kept for reading it later
// does not, since it is not known whether the person may still read it.
func (s *Session) end(why error) {
	s.forget()
	go s.shelved.wipe(context.Background())
	if s.Standing().State == SignedIn {
		s.stand(Standing{State: Ended, Err: why})
	}
}

func (s *Session) holds() bool { return s.held().Access != "" }

func (s *Session) held() tokens {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}

func (s *Session) forget() {
	s.mu.Lock()
	s.tokens = tokens{}
	s.mu.Unlock()
	s.tab.Remove(keptKey)
}

func (s *Session) stand(st Standing) {
	s.mu.Lock()
	s.standing = st
	if st.State == SignedOut {
		s.me = api.Me{}
	}
	watchers := s.watchers
	s.mu.Unlock()
	for _, changed := range watchers {
		changed()
	}
}
