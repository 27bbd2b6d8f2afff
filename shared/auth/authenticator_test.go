package auth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var (
	start   = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	person  = auth.Principal{Kind: api.Person, ID: "1b2c", Name: "ada@example.com", Tenant: "example", Role: api.Owner}
	machine = auth.Principal{Kind: api.ManagementKey, ID: "mgk_01J9Zk3V8QpTfW2x", Name: "terraform", Tenant: "example", Role: api.Admin, ExpiresAt: start.Add(time.Hour)}
)

// tokens is a verifier that accepts one token.
type tokens struct{ err error }

func (v tokens) Verify(_ context.Context, token string) (auth.Principal, error) {
	if token == "good" {
		return person, nil
	}
	return auth.Principal{}, v.err
}

// store is a store of management keys that counts its calls.
type store struct {
	mu    sync.Mutex
	keys  map[string]auth.ManagementCredential
	err   error
	finds int
	used  []string // by id
}

func (s *store) Used(_ context.Context, c auth.ManagementCredential, _ time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = append(s.used, c.Principal.ID)
}

func (s *store) Find(_ context.Context, id string) (auth.ManagementCredential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finds++
	if s.err != nil {
		return auth.ManagementCredential{}, s.err
	}
	if c, ok := s.keys[id]; ok {
		return c, nil
	}
	return auth.ManagementCredential{}, problem.New(problem.NotFound, "No such management key.")
}

// desk is an authenticator with its dependencies, and a clock that stands still.
type desk struct {
	*auth.Authenticator
	*store
	tokens *tokens
	now    time.Time
}

func newDesk(ttl time.Duration) *desk {
	d := &desk{
		store:  &store{keys: map[string]auth.ManagementCredential{}},
		tokens: &tokens{err: problem.New(problem.Unauthenticated, "The access token has expired.")},
		now:    start,
	}
	d.Authenticator = auth.NewAuthenticator(d.tokens, d.store, ttl)
	d.Authenticator.Now = func() time.Time { return d.now }
	return d
}

// mint stores a management key that is valid for an hour, and returns its text.
func (d *desk) mint(t *testing.T, id string) string {
	t.Helper()
	key := newKey(t, id)
	digest := key.Digest()
	stored := machine
	stored.ExpiresAt = time.Time{} // the credential's counts
	d.keys["mgk_"+id] = auth.ManagementCredential{Digest: digest[:], Principal: stored, ExpiresAt: d.now.Add(time.Hour)}
	return key.Reveal()
}

func newKey(t *testing.T, id string) accesskey.Secret {
	t.Helper()
	key, err := accesskey.NewManagement(id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (d *desk) deny(t *testing.T, credential string, code problem.Code, words string) {
	t.Helper()
	p, err := d.Authenticate(t.Context(), credential)
	if !problem.Is(err, code) || !strings.Contains(problem.Of(err).Detail, words) {
		t.Errorf("%v, want %s with %q", err, code, words)
	}
	if p != (auth.Principal{}) {
		t.Errorf("refused, but with a principal: %+v", p)
	}
}

func (d *desk) allow(t *testing.T, credential string, want auth.Principal) {
	t.Helper()
	if p, err := d.Authenticate(t.Context(), credential); err != nil || p != want {
		t.Errorf("%+v, %v; want %+v", p, err, want)
	}
}

func (d *desk) found(t *testing.T, want int) {
	t.Helper()
	if d.finds != want {
		t.Errorf("the store was asked %d times, want %d", d.finds, want)
	}
}

const keyID = "01J9Zk3V8QpTfW2x"

func TestMalformedManagementKeyIsRefusedWithoutReading(t *testing.T) {
	d := newDesk(time.Second)
	text := d.mint(t, keyID)
	d.deny(t, text[:len(text)-1], problem.Unauthenticated, "checksum")
	d.deny(t, text+"0", problem.Unauthenticated, "checksum")
	d.deny(t, text[:30]+"--"+text[32:], problem.Unauthenticated, "checksum")
	d.deny(t, "arxm_", problem.Unauthenticated, "checksum")
	d.deny(t, "arxm_"+strings.Repeat("0", 65), problem.Unauthenticated, "checksum")
	d.found(t, 0)
}

func TestAccessKeyIsNotAManagementCredential(t *testing.T) {
	d := newDesk(time.Second)
	key, err := accesskey.New(accesskey.Production, keyID, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d.deny(t, key.Reveal(), problem.Unauthenticated, "This is an access key")
	d.deny(t, "arxk_", problem.Unauthenticated, "This is an access key")
	d.deny(t, "", problem.Unauthenticated, "Authorization: Bearer")
	d.found(t, 0)
}

func TestUnknownKeyAndWrongSecretAreIndistinguishable(t *testing.T) {
	d := newDesk(time.Second)
	d.mint(t, keyID)
	_, absent := d.Authenticate(t.Context(), newKey(t, "0000000000000000").Reveal())
	_, wrong := d.Authenticate(t.Context(), newKey(t, keyID).Reveal())
	if absent == nil || wrong == nil || absent.Error() != wrong.Error() || !problem.Is(wrong, problem.Unauthenticated) {
		t.Errorf("absent: %v\nwrong: %v", absent, wrong)
	}

	d.keys["mgk_"+keyID] = auth.ManagementCredential{Principal: machine, ExpiresAt: d.now.Add(time.Hour)}
	d.deny(t, newKey(t, keyID).Reveal(), problem.Unauthenticated, "No such")
}

func TestExpiryIsReportedOnlyToTheHolder(t *testing.T) {
	d := newDesk(time.Minute)
	text := d.mint(t, keyID)
	d.allow(t, text, machine)
	d.now = d.now.Add(time.Hour)
	d.deny(t, newKey(t, keyID).Reveal(), problem.Unauthenticated, "No such")
	d.deny(t, text, problem.Unauthenticated, "has expired")
}

func TestExpiryEndsACachedKey(t *testing.T) {
	d := newDesk(24 * time.Hour)
	text := d.mint(t, keyID)
	d.allow(t, text, machine)
	d.now = d.now.Add(time.Hour - 1)
	d.allow(t, text, machine)
	d.now = d.now.Add(1)
	d.deny(t, text, problem.Unauthenticated, "has expired")
	d.found(t, 1)
}

func TestFailedCheckIsUnavailable(t *testing.T) {
	d := newDesk(time.Second)
	text := d.mint(t, keyID)
	for _, err := range []error{
		errors.New("dial tcp: refused"), context.DeadlineExceeded, problem.New(problem.Internal, "x"),
		problem.New(problem.InvalidField, "x"), fmt.Errorf("wrapped: %w", problem.Busy(errors.New("throttled"))),
	} {
		d.err, d.tokens.err = err, err
		d.deny(t, text, problem.Unavailable, "")
		d.deny(t, "token", problem.Unavailable, "")
		_, got := d.Authenticate(t.Context(), text)
		if problem.Of(got).RetryAfter == 0 {
			t.Errorf("%v has no Retry-After", got)
		}
	}
}

func TestTokenProblemsAreReturnedUnchanged(t *testing.T) {
	d := newDesk(time.Second)
	d.deny(t, "token", problem.Unauthenticated, "expired")
	d.tokens.err = problem.New(problem.Forbidden, "You have no role yet.")
	d.deny(t, "token", problem.Forbidden, "no role")
	d.allow(t, "good", person)
	d.found(t, 0)
}

func TestDeletedKeyStopsWorkingWithinTheTTL(t *testing.T) {
	d := newDesk(5 * time.Second)
	text := d.mint(t, keyID)
	d.allow(t, text, machine)
	delete(d.keys, "mgk_"+keyID)
	d.now = d.now.Add(5*time.Second - 1)
	d.allow(t, text, machine)
	d.found(t, 1)
	d.now = d.now.Add(1)
	d.deny(t, text, problem.Unauthenticated, "No such")
}

func TestDeletedKeyStopsWorkingAtOnceWithoutTTL(t *testing.T) {
	d := newDesk(0)
	text := d.mint(t, keyID)
	d.allow(t, text, machine)
	delete(d.keys, "mgk_"+keyID)
	d.deny(t, text, problem.Unauthenticated, "No such")
}

func TestRefusalIsNotCached(t *testing.T) {
	d := newDesk(time.Hour)
	text := newKey(t, keyID)
	d.deny(t, text.Reveal(), problem.Unauthenticated, "No such")
	digest := text.Digest()
	d.keys["mgk_"+keyID] = auth.ManagementCredential{Digest: digest[:], Principal: machine, ExpiresAt: d.now.Add(time.Hour)}
	d.allow(t, text.Reveal(), machine)
}

func TestCachedKeyAcceptsOnlyItsOwnSecret(t *testing.T) {
	d := newDesk(time.Hour)
	d.allow(t, d.mint(t, keyID), machine)
	d.deny(t, newKey(t, keyID).Reveal(), problem.Unauthenticated, "No such")
}

func TestConcurrentCallersAreServed(t *testing.T) {
	d := newDesk(time.Hour)
	var texts []string
	for i := range 1500 {
		texts = append(texts, d.mint(t, fmt.Sprintf("%016d", i)))
	}
	var wg sync.WaitGroup
	for _, text := range texts {
		wg.Go(func() { d.allow(t, text, machine) })
	}
	wg.Wait()
}

func TestOnlyAcceptedKeysAreRecordedAsUsed(t *testing.T) {
	d := newDesk(time.Minute)
	text := d.mint(t, "0123456789abcdef")
	for range 3 { // two of them are remembered
		if _, err := d.Authenticate(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.used) != 1 {
		t.Errorf("recorded %v, want the key once", d.used)
	}
	d.used = nil
	d.now = d.now.Add(2 * time.Hour)
	if _, err := d.Authenticate(t.Context(), text); err == nil || len(d.used) > 0 {
		t.Errorf("expired: %v, recorded %v", err, d.used)
	}
}
