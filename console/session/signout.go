package session

import (
	"context"
	"net/url"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// revocationTimeout bounds the revocation: a provider that does not answer holds up no sign-out.
const revocationTimeout = 2 * time.Second

var errElsewhere = problem.New(problem.Unauthenticated, "You signed out in another tab.")

// SignOut signs out this tab and every other tab of the browser. It returns when nothing of the
// session is stored any more. Until then the standing is SigningOut.
//
// Leave goes on to the provider's own sign-out, so that the next sign-in asks who it is. The caller
// calls it once the page of the session is off the screen.
func (s *Session) SignOut(ctx context.Context) (leave func()) {
	held, e, ok := s.depose()
	if !ok {
		return func() {}
	}
	s.unnote()
	s.tell(word{SignedOut: true})
	unreachable := s.clear(ctx, held, e, nil)
	return func() {
		ctx, cancel := context.WithTimeout(ctx, revocationTimeout)
		defer cancel()
		// The browser would show its own error page in place of the provider's sign-out.
		if err := s.configure(ctx); err != nil || unreachable {
			s.tab.Leave(s.tab.Origin() + "/")
			return
		}
		s.tab.Leave(s.provider.signOut(s.tab.Origin(), held.ID))
	}
}

// followSignOut signs out this tab because another one has. It does not wait until all is removed.
func (s *Session) followSignOut() {
	if held, e, ok := s.depose(); ok {
		go s.clear(context.Background(), held, e, errElsewhere)
	}
}

// depose ends the session at once and for all that is under way, and empties the tab's
// sessionStorage: from now on this tab writes nothing. It returns what the session held. It does
// nothing while somebody signs out already.
func (s *Session) depose() (held tokens, e epoch, ok bool) {
	s.mu.Lock()
	if s.standing.State == SigningOut {
		s.mu.Unlock()
		return tokens{}, 0, false
	}
	held = s.tokens
	s.epoch++
	e, s.signedOut = s.epoch, s.epoch
	s.tokens, s.me, s.live, s.arrival = tokens{}, api.Me{}, false, arrival{}
	if s.standing.State != SignedOut { // else the person may sign in at once
		s.standing = Standing{State: SigningOut}
	}
	for _, key := range s.tab.Keys("") {
		s.tab.Remove(key)
	}
	s.mu.Unlock()
	s.changed()
	return held, e, true
}

// clear removes what is stored beyond this tab, and stands signed out when all of it is gone. It reports whether the
// provider could not be reached.
func (s *Session) clear(ctx context.Context, held tokens, e epoch, why error) (unreachable bool) {
	revoked := make(chan error)
	go func() { revoked <- s.revoke(ctx, held.Refresh) }()
	s.shelved.wipe()
	unreachable = <-revoked != nil
	s.within(e, func() {
		if s.standing.State == SigningOut {
			s.standing = Standing{State: SignedOut, Err: why}
		}
	})
	s.changed()
	return unreachable
}

// revoke asks the provider to revoke the refresh token (RFC 7009) if it has an endpoint for that. What was stored here is
// gone whether the provider answers or not. The error says that no answer came.
func (s *Session) revoke(ctx context.Context, refreshToken string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revocationTimeout)
	defer cancel()
	if refreshToken == "" || s.configure(ctx) != nil || s.provider.RevocationEndpoint == "" {
		return nil
	}
	_, err := s.transport.Do(ctx, client.Request{
		Method: "POST", URL: s.provider.RevocationEndpoint,
		Header: [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}},
		Body: []byte(url.Values{
			"token": {refreshToken}, "token_type_hint": {"refresh_token"}, "client_id": {s.provider.ClientID},
		}.Encode()),
	})
	return err
}
