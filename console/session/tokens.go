package session

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// keptKey is the key of the refresh token in sessionStorage.
const keptKey = "arxkeys.session"

// permissionsKey is the key of the names of the person's permissions in sessionStorage, for the page's script first.js: the
// navigation offers only what opens, also before the program runs.
const permissionsKey = "arxkeys.permissions"

// kept is what survives a reload.
type kept struct {
	RefreshToken string    `json:"refresh_token"`
	SignedInAt   time.Time `json:"signed_in_at"`
	Family       string    `json:"family,omitempty"`
	Turn         int       `json:"turn,omitempty"`
}

// tokens are the provider's tokens, in memory. The zero value holds none.
type tokens struct {
	Access     string
	Until      time.Time // expiry of the access token, by this clock
	ID         string
	Refresh    string
	SignedInAt time.Time
	Family     string // identifies the sign-in, for its tabs
	Turn       int    // counts the refreshes since the sign-in
}

// redeem exchanges the code that the tab returned with.
func (s *Session) redeem(ctx context.Context, e epoch, a arrival) error {
	signedIn := s.now()
	granted, err := s.ask(ctx, url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {a.code},
		"redirect_uri":  {s.tab.Origin() + CallbackPath},
		"client_id":     {s.provider.ClientID},
		"code_verifier": {a.Verifier},
	})
	if err != nil {
		return err
	}
	if err := s.provider.vouch(granted.IDToken, a.Nonce); err != nil {
		return problem.Because(problem.Unauthenticated, err, "The provider’s answer is not for this sign-in. Sign in again.")
	}
	s.tidy()
	return s.keep(ctx, e, granted, tokens{SignedInAt: signedIn, Family: rand.Text()})
}

// resume refreshes with the token that this tab stored before a reload.
func (s *Session) resume(ctx context.Context, e epoch) error {
	var k kept
	if err := json.Unmarshal([]byte(s.tab.Get(keptKey)), &k); err != nil || k.RefreshToken == "" {
		return errNobody
	}
	s.within(e, func() {
		s.tokens = tokens{Refresh: k.RefreshToken, SignedInAt: k.SignedInAt, Family: k.Family, Turn: k.Turn}
	})
	return s.renew(ctx, e, "")
}

// bearer returns an access token for a call, refreshed if it is about to expire.
func (s *Session) bearer(ctx context.Context, e epoch) (string, error) {
	t := s.held()
	if t.Access == "" || t.Until.Sub(s.now()) < early {
		if err := s.renew(ctx, e, t.Access); err != nil {
			return "", err
		}
		t = s.held()
	}
	if t.Access == "" || s.present() != e {
		return "", errOver // the session has ended since
	}
	return t.Access, nil
}

// renewal is a refresh in progress.
type renewal struct {
	done chan struct{} // closed when err is set
	err  error
}

// renewalTimeout bounds a refresh, regardless of its callers' deadlines.
const renewalTimeout = 20 * time.Second

// renew replaces the expired access token. Concurrent calls share one refresh: the provider rotates the
// refresh token, and a second use of it signs the person out. It does nothing if the expired token has
// been replaced already.
//
// The error is problem.Unauthenticated if the session is over, and problem.Unavailable if the provider
// gave no answer.
func (s *Session) renew(ctx context.Context, e epoch, spent string) error {
	s.mu.Lock()
	if e != s.epoch {
		s.mu.Unlock()
		return errOver
	}
	if access := s.tokens.Access; access != "" && access != spent {
		s.mu.Unlock()
		return nil
	}
	r := s.renewing
	if r == nil {
		r = &renewal{done: make(chan struct{})}
		s.renewing = r
		go func() {
			// Not the caller's context: other calls wait too, and a refresh once sent uses up the token.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewalTimeout)
			defer cancel()
			r.err = s.refresh(ctx, e, spent)
			s.mu.Lock()
			s.renewing = nil
			s.mu.Unlock()
			close(r.done)
		}()
	}
	s.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// refresh asks the provider, unless another tab has just got newer tokens.
func (s *Session) refresh(ctx context.Context, e epoch, spent string) error {
	release, err := s.alone(ctx)
	if err != nil {
		return problem.Because(problem.Unavailable, err, "Another tab holds up the sign-in. Try again in a moment.")
	}
	defer release()
	if !s.lives(e) {
		return errOver
	}
	held := s.held()
	if held.Access != "" && held.Access != spent && held.Until.Sub(s.now()) >= early {
		return nil
	}
	switch {
	case held.Refresh == "":
		s.end(e, errOver)
		return errOver
	case s.now().Sub(held.SignedInAt) > MaxAge:
		over := problem.New(problem.Unauthenticated, fmt.Sprintf("You were signed out after %d hours. Sign in to continue where you were.", int(MaxAge.Hours())))
		s.end(e, over)
		return over
	}
	granted, err := s.ask(ctx, url.Values{
		"grant_type":    {"refresh_token"},
		"refresh_token": {held.Refresh},
		"client_id":     {s.provider.ClientID},
	})
	if problem.Is(err, problem.Unauthenticated) {
		over := problem.Because(problem.Unauthenticated, err, errOver.Detail)
		s.end(e, over)
		return over
	}
	if err != nil {
		return err
	}
	return s.keep(ctx, e, granted, held)
}

// keep takes over the granted tokens. Tokens that the answer leaves out stay: a refresh may return
// neither a refresh token nor an ID token. If the session has ended since, keep stores nothing and asks
// the provider to revoke the tokens.
func (s *Session) keep(ctx context.Context, e epoch, granted grant, held tokens) error {
	t := tokens{
		Access:     granted.AccessToken,
		Until:      s.now().Add(time.Duration(granted.ExpiresIn) * time.Second),
		ID:         held.ID,
		Refresh:    held.Refresh,
		SignedInAt: held.SignedInAt,
		Family:     held.Family,
		Turn:       held.Turn + 1,
	}
	if granted.IDToken != "" {
		t.ID = granted.IDToken
	}
	if granted.RefreshToken != "" {
		t.Refresh = granted.RefreshToken
	}
	elsewhere := false
	ok := s.within(e, func() {
		if held.Turn > 0 && s.signedOutElsewhere(held) {
			elsewhere = true
			return
		}
		s.tokens = t
		s.store(t)
		if held.Turn == 0 || t.Refresh != held.Refresh {
			s.note(t)
		}
	})
	if !ok || elsewhere {
		s.revoke(ctx, t.Refresh)
	}
	if elsewhere {
		s.followSignOut()
	}
	if !ok || elsewhere {
		return errOver
	}
	s.tell(word{Tokens: t})
	return nil
}

// store writes what survives a reload to sessionStorage.
func (s *Session) store(t tokens) {
	if t.Refresh != "" {
		b, _ := json.Marshal(kept{RefreshToken: t.Refresh, SignedInAt: t.SignedInAt, Family: t.Family, Turn: t.Turn}) // can't fail: strings, a number and a time
		s.tab.Set(keptKey, string(b))
	}
}

// grant is a successful response of the token endpoint (RFC 6749, section 5.1).
type grant struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"` // seconds
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
}

// ask calls the token endpoint. If it refuses with 400 or 401 (RFC 6749, section 5.2), the error is
// problem.Unauthenticated; any other failure is problem.Unavailable.
func (s *Session) ask(ctx context.Context, form url.Values) (grant, error) {
	answer, err := s.transport.Do(ctx, client.Request{
		Method: "POST", URL: s.provider.TokenEndpoint,
		Header: [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
		Body:   []byte(form.Encode()),
	})
	if err != nil {
		return grant{}, problem.Because(problem.Unavailable, err, "The sign-in provider can’t be reached. Check the connection and try again.")
	}
	switch answer.Status {
	case 200:
	case 400, 401:
		var refused struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		json.Unmarshal(answer.Body, &refused) // on error, the status says enough
		return grant{}, problem.Because(problem.Unauthenticated, errors.New(strings.TrimSpace(refused.Error+" "+refused.Description)), "The provider did not accept the sign-in. Sign in again.")
	default:
		return grant{}, problem.Because(problem.Unavailable, fmt.Errorf("token endpoint: status %d", answer.Status), fmt.Sprintf("The sign-in provider answered %d. Try again in a moment.", answer.Status))
	}
	var g grant
	if err := json.Unmarshal(answer.Body, &g); err != nil || g.AccessToken == "" || !strings.EqualFold(g.TokenType, "Bearer") {
		return grant{}, problem.Because(problem.Unavailable, errors.Join(err, errors.New("token endpoint: no bearer token")), "The sign-in provider’s answer can’t be read. Try again in a moment.")
	}
	return g, nil
}

// vouch checks that the ID token is from the provider, for this client and this sign-in. It does not
// check the signature, because the token came directly from the token endpoint (OpenID Connect Core,
// section 3.1.3.7), nor the times, because the token is new and the local clock may be wrong.
func (p provider) vouch(idToken, nonce string) error {
	parts := strings.Split(idToken, ".")
	if len(parts) != 3 {
		return errors.New("no ID token")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return fmt.Errorf("ID token: %w", err)
	}
	var claims struct {
		Issuer   string   `json:"iss"`
		Audience audience `json:"aud"`
		Nonce    string   `json:"nonce"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return fmt.Errorf("ID token: %w", err)
	}
	switch {
	case claims.Issuer != p.Issuer:
		return fmt.Errorf("ID token of %q, not of %q", claims.Issuer, p.Issuer)
	case !slices.Contains(claims.Audience, p.ClientID):
		return errors.New("ID token for another client")
	case claims.Nonce != nonce:
		return errors.New("ID token of another sign-in")
	}
	return nil
}

// audience is a string or a list of them (RFC 7519, section 4.1.3).
type audience []string

// UnmarshalJSON reads either form.
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}
