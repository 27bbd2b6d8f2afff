package session

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// revocationTimeout bounds the revocation, so that a provider that does not answer can't block a sign-out.
const revocationTimeout = 2 * time.Second

var errElsewhere = problem.New(problem.Unauthenticated, "You signed out in another tab.")

// SignOut signs out this tab and every other tab of the browser. It returns when everything stored for
// the session is deleted. Until then the standing is SigningOut.
//
// The returned function leaves for the provider's own sign-out, so that the next sign-in asks for
// credentials. The caller calls it when the session's page is off the screen.
func (s *Session) SignOut(ctx context.Context) (leave func()) {
	held, e, ok := s.depose()
	if !ok {
		return func() {}
	}
	s.unnote()
	s.tell(word{SignedOut: true})
	unheard := s.clear(ctx, held, e, nil)
	return func() {
		ctx, cancel := context.WithTimeout(ctx, revocationTimeout)
		defer cancel()
		// If the provider can't be reached, the browser would show an error page instead of its sign-out.
		if err := s.configure(ctx); err != nil || !s.reaches(ctx, unheard) {
			s.tab.Leave(s.tab.Origin() + "/")
			return
		}
		s.tab.Leave(s.provider.signOut(s.tab.Origin(), held.ID))
	}
}

// reaches reports whether the provider can be reached, after a revocation that failed with unheard, or
// succeeded. A browser hides the answer of a provider that does not allow other origins to read it (CORS), so
// a failure other than silence tells nothing while the console's own origin answers.
func (s *Session) reaches(ctx context.Context, unheard error) bool {
	if unheard == nil || errors.Is(unheard, context.DeadlineExceeded) {
		return unheard == nil
	}
	_, err := s.readConfig(ctx)
	return err == nil
}

// followSignOut signs out this tab because another one has. It does not wait until everything is deleted.
func (s *Session) followSignOut() {
	if held, e, ok := s.depose(); ok {
		go s.clear(context.Background(), held, e, errElsewhere)
	}
}

// depose ends the session at once, also for operations in progress, and empties the tab's sessionStorage.
// From then on, this tab stores nothing. It returns the tokens that the session held. It does nothing if a
// sign-out is already in progress.
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
	if s.standing.State != SignedOut { // otherwise the person may sign in at once
		s.standing = Standing{State: SigningOut}
	}
	for _, key := range s.tab.Keys("") {
		s.tab.Remove(key)
	}
	s.mu.Unlock()
	s.changed()
	return held, e, true
}

// clear deletes what is stored beyond this tab, and then sets the standing to SignedOut. The error is that of
// the revocation.
func (s *Session) clear(ctx context.Context, held tokens, e epoch, why error) (unheard error) {
	revoked := make(chan error)
	go func() { revoked <- s.revoke(ctx, held.Refresh) }()
	s.shelved.wipe()
	unheard = <-revoked
	s.within(e, func() {
		if s.standing.State == SigningOut {
			s.standing = Standing{State: SignedOut, Err: why}
		}
	})
	s.changed()
	return unheard
}

// revoke asks the provider to revoke the refresh token (RFC 7009), if it has an endpoint for that. The local copies are
// deleted whether the provider answers or not. The error means that no answer could be read; it is
// context.DeadlineExceeded if none came in time.
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
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
