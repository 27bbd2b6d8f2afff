// Package session signs a person in and keeps them signed in.
//
// Sign-in is OpenID Connect's authorization code flow with PKCE (RFC 7636): the tab leaves for the
// provider and returns to /callback with a code. The access token is kept in memory. The refresh token,
// which the provider rotates, is kept in the tab's sessionStorage, so that a reload does not sign out.
// A session lasts at most [MaxAge].
package session

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// MaxAge is how long a person stays signed in at most, even if the tokens can be refreshed.
const MaxAge = 12 * time.Hour

// early is how long before its expiry an access token counts as expired, because it has to last for the
// call that carries it.
const early = 30 * time.Second

// Session is a person's time at the console, from sign-in to sign-out. It belongs to one tab.
type Session struct {
	tab       Tab
	transport client.Transport
	now       func() time.Time
	arrival   arrival // what the tab returned with from the provider
	shelved   *shelved
	sleep     func(time.Duration)
	peers     Peers         // may be nil
	news      chan struct{} // signals tokens from another tab
	patience  time.Duration // how long to wait for a tab with newer tokens

	sweeping sync.Once

	mu        sync.Mutex
	epoch     epoch     // see within
	signedOut epoch     // the epoch that began with the latest sign-out
	provider  *provider // nil until /config.json is read
	standing  Standing
	me        api.Me
	live      bool // me came from the API, not from the shelf
	tokens    tokens
	renewing  *renewal // the refresh in progress, or nil
	watched   bool     // a goroutine retries until the outage is over
	watchers  []func()
}

// Standing is the state of a session, with the reasons for it.
type Standing struct {
	State  State
	Err    error   // why it is Failed, or why it is SignedOut without anybody having signed out
	Outage *Outage // nil while the API can be reached
}

// State is a state of a session.
type State int

// The states of a session.
const (
	Starting   State = iota // trying to sign in with what the tab holds
	SignedOut               // nobody is signed in, and nothing about anybody is stored
	SignedIn                // Me is known
	Ended                   // the session has expired: the page stays on the screen, but calls fail
	Failed                  // Start failed, and may be called again
	SigningOut              // deleting what is stored
)

// New returns the session of a tab. If the tab returns from the provider, New takes the code out of its
// address before anything else can read it, and restores the address that the person left from. The shelf
// keeps answers for offline reading; if it is nil, nothing is kept.
func New(tab Tab, shelf Shelf) *Session {
	s := &Session{tab: tab, transport: client.DefaultTransport(), now: time.Now, sleep: time.Sleep}
	s.shelved = &shelved{shelf: shelf, now: func() time.Time { return s.now() }, lives: s.lives, lock: s.lockShelf, turn: make(chan struct{}, 1)}
	s.arrival = arrive(tab)
	s.listen(tab)
	return s
}

// Client returns a client that calls the API as the person who is signed in. It is valid until the
// session ends.
func (s *Session) Client() *client.Client { return s.clientOf(s.present()) }

func (s *Session) clientOf(e epoch) *client.Client {
	return &client.Client{
		BaseURL:       s.tab.Origin(),
		Authorization: func(ctx context.Context) (string, error) { return s.authorize(ctx, e) },
		Transport:     outliving{s, e, retrying{s, e}},
	}
}

// Me returns who is signed in and what they may do, or the zero value if nobody is. Pages are mounted
// only while somebody is signed in.
func (s *Session) Me() api.Me {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.me
}

// Ends returns when the person is signed out at the latest, or the zero time if nobody is signed in.
func (s *Session) Ends() time.Time {
	t := s.held()
	if t.SignedInAt.IsZero() {
		return time.Time{}
	}
	return t.SignedInAt.Add(MaxAge)
}

// Standing returns the standing of the session.
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

// Start signs in with what the tab holds: the code from the provider, or the refresh token from before a
// reload. It returns when the outcome is known.
func (s *Session) Start(ctx context.Context) {
	e := s.present()
	s.stand(e, Standing{State: Starting})
	s.stand(e, s.start(ctx, e))
	s.sweeping.Do(func() { go s.sweepShelf() })
}

// start returns the new standing. If the session ends while it runs, the standing is that of the end, and
// the returned one is not used.
func (s *Session) start(ctx context.Context, e epoch) Standing {
	if err := s.configure(ctx); err != nil {
		return s.offline(ctx, e, Standing{State: Failed, Err: err})
	}
	var came arrival
	s.within(e, func() { came, s.arrival = s.arrival, arrival{} }) // a code can be redeemed only once
	switch {
	case came.err != nil:
		return Standing{State: SignedOut, Err: came.err}
	case came.code != "":
		if err := s.redeem(ctx, e, came); err != nil {
			return Standing{State: SignedOut, Err: err}
		}
	case !s.holds(): // the tokens of an earlier Start are still valid
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

// welcome takes over who is signed in, and from now on keeps answers in that principal's box.
func (s *Session) welcome(ctx context.Context, e epoch, me api.Me) {
	s.shelved.open(ctx, e, me)
	body, _ := json.Marshal(me) // can't fail: strings and booleans
	s.shelved.put(ctx, e, client.Request{Method: "GET", URL: api.GetMe.Path}, client.Response{Status: 200, Body: body})
	s.within(e, func() {
		s.me, s.live = me, true
		s.tab.Set(permissionsKey, permissions(me))
		for _, key := range s.tab.Keys(draftsKey) {
			if !strings.HasPrefix(key, s.draftsOf()) { // of somebody else, whose session ended in this tab
				s.tab.Remove(key)
			}
		}
	})
}

// permissions returns the names of what the person may do, sorted.
func permissions(me api.Me) string {
	var may []string
	for name, can := range me.Can {
		if can {
			may = append(may, name)
		}
	}
	slices.Sort(may)
	return strings.Join(may, " ")
}

// offline turns a start that failed without an answer into one that reads the principal's kept answers,
// if there are any.
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

// errNobody means that the tab holds nothing to sign in with.
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

// SignIn leaves for the provider. Afterwards, the person returns to the address, which is within the
// console, such as /keys?status=active.
func (s *Session) SignIn(ctx context.Context, back string) error {
	e := s.present()
	if err := s.configure(ctx); err != nil {
		return err
	}
	p := s.provider
	if !s.within(e, func() { s.tab.SignIn(p.AuthorizationEndpoint, p.ClientID, p.Scope, back) }) {
		return errOver
	}
	return nil
}

func (s *Session) holds() bool { return s.held().Access != "" }

func (s *Session) held() tokens {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}
