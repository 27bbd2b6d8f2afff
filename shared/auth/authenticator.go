package auth

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// ManagementCredential is what is stored of a management key.
type ManagementCredential struct {
	Digest    []byte    // accesskey.Digest of its text
	Principal Principal // whom it speaks for
	ExpiresAt time.Time // from then on it is nobody's
}

// tokenVerifier verifies access tokens; oidc.Verifier is one.
type tokenVerifier interface {
	Verify(ctx context.Context, token string) (Principal, error)
}

// managementKeys finds what is stored of a management key by its id, mgk_ and 16 characters, and
// answers problem.NotFound where there is none. It is told when one is used, and neither fails nor
// takes long over it.
type managementKeys interface {
	Find(ctx context.Context, id string) (ManagementCredential, error)
	Used(ctx context.Context, c ManagementCredential, at time.Time)
}

// maxCached bounds the memory that principals take. A tenant with more management keys in use at
// once reads some of them oftener.
const maxCached = 1000

// Authenticator finds out who presents a credential: a management key, or an access token. It may
// be used by several goroutines.
type Authenticator struct {
	Now func() time.Time // the clock; time.Now but in tests

	tokens tokenVerifier
	keys   managementKeys
	ttl    time.Duration

	mu sync.Mutex
	// cache is keyed by the digest of the whole text, so that a hit is as good as a comparison, and
	// the time that a lookup takes tells nothing: nobody can aim at a digest.
	cache map[accesskey.Digest]cached
}

// cached is a management key that was found, and until when that counts.
type cached struct {
	credential ManagementCredential
	until      time.Time
}

// NewAuthenticator returns an authenticator that remembers a management key for ttl: for so long a
// deleted one may go on working. 0 remembers nothing. Refusals are never remembered.
func NewAuthenticator(tokens tokenVerifier, keys managementKeys, ttl time.Duration) *Authenticator {
	return &Authenticator{Now: time.Now, tokens: tokens, keys: keys, ttl: ttl, cache: map[accesskey.Digest]cached{}}
}

// Authenticate returns who presents the credential. What is accepted from nobody is
// problem.Unauthenticated; a person without a role or a tenant is problem.Forbidden; what can't be
// found out for now is problem.Unavailable. There are no other errors.
func (a *Authenticator) Authenticate(ctx context.Context, credential string) (Principal, error) {
	return a.AuthenticateVia(ctx, credential, func(ctx context.Context, id string, _ bool) (ManagementCredential, error) {
		return a.keys.Find(ctx, id)
	})
}

// Find reads what is stored of a management key, as managementKeys does. Seen says that this environment
// has accepted the very credential before, so that who presents it is no stranger.
type Find func(ctx context.Context, id string, seen bool) (ManagementCredential, error)

// AuthenticateVia is Authenticate, and reads management keys by find.
func (a *Authenticator) AuthenticateVia(ctx context.Context, credential string, find Find) (Principal, error) {
	switch {
	case credential == "":
		return Principal{}, problem.New(problem.Unauthenticated, "Send an access token or a management key: Authorization: Bearer ….")
	case strings.HasPrefix(credential, "arxk_"):
		return Principal{}, problem.New(problem.Unauthenticated, "This is an access key. It opens its Arx, not this API. Send a management key (arxm_…) or an access token.")
	case strings.HasPrefix(credential, "arxm_"):
		return decided(a.managementKey(ctx, credential, find))
	default:
		return decided(a.tokens.Verify(ctx, credential))
	}
}

// decided makes an error that is no decision about the caller problem.Unavailable.
func decided(p Principal, err error) (Principal, error) {
	switch {
	case err == nil:
		return p, nil
	case problem.Is(err, problem.Unauthenticated), problem.Is(err, problem.Forbidden), problem.Is(err, problem.Unavailable):
		return Principal{}, err
	}
	unavailable := problem.Because(problem.Unavailable, err, "Who you are can't be found out for now. Try again in a moment.")
	unavailable.RetryAfter = time.Second
	return Principal{}, unavailable
}

func (a *Authenticator) managementKey(ctx context.Context, text string, find Find) (Principal, error) {
	key, err := accesskey.Parse(text)
	if err != nil {
		return Principal{}, problem.New(problem.Unauthenticated, "This is not a whole management key: its checksum does not fit. Copy it again.")
	}
	digest, now := key.Digest(), a.Now() // before the read: the ttl counts from what was read, not from the answer
	credential, seen, ok := a.recall(digest, now)
	if !ok {
		credential, err = find(ctx, "mgk_"+key.ID(), seen)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return Principal{}, err
		}
		// One answer for an id that is not there and for a secret that is not its own: nobody learns
		// which ids exist.
		if err != nil || !digest.Matches(credential.Digest) {
			a.forget(digest)
			return Principal{}, problem.New(problem.Unauthenticated, "No such management key. It may have been deleted.")
		}
	}
	if !now.Before(credential.ExpiresAt) {
		return Principal{}, problem.New(problem.Unauthenticated, "The management key has expired. An owner can create another.")
	}
	if !ok {
		a.keys.Used(ctx, credential, now)
		a.remember(digest, credential, now)
	}
	principal := credential.Principal
	principal.ExpiresAt = credential.ExpiresAt
	return principal, nil
}

// recall returns the credential of a digest, whether it was ever found, and whether that was less than
// the ttl ago.
func (a *Authenticator) recall(digest accesskey.Digest, now time.Time) (c ManagementCredential, seen, valid bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, seen := a.cache[digest]
	return found.credential, seen, seen && now.Before(found.until)
}

// forget drops a digest that is no longer a management key's.
func (a *Authenticator) forget(digest accesskey.Digest) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.cache, digest)
}

// remember keeps a credential for the ttl. A full cache is emptied rather than sorted: that costs a
// read per key, once in a while.
func (a *Authenticator) remember(digest accesskey.Digest, credential ManagementCredential, now time.Time) {
	if a.ttl <= 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.cache) >= maxCached {
		clear(a.cache)
	}
	a.cache[digest] = cached{credential, now.Add(a.ttl)}
}
