package auth

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// ManagementCredential is what authentication needs of a management key.
type ManagementCredential struct {
	Digest    []byte    // accesskey.Digest of its text
	Principal Principal // whom it authenticates
	ExpiresAt time.Time // when it becomes invalid
}

// tokenVerifier verifies access tokens. It is implemented by oidc.Verifier.
type tokenVerifier interface {
	Verify(ctx context.Context, token string) (Principal, error)
}

// managementKeys reads management keys. Find returns the credential with the id, which is mgk_ and 16
// characters, or problem.NotFound. Used records a use; it must not fail or block.
type managementKeys interface {
	Find(ctx context.Context, id string) (ManagementCredential, error)
	Used(ctx context.Context, c ManagementCredential, at time.Time)
}

// maxCached bounds the memory of cached principals. A tenant that uses more management keys at once reads
// some of them more often.
const maxCached = 1000

// Authenticator authenticates callers by management keys and access tokens. It is safe for concurrent use.
type Authenticator struct {
	Now func() time.Time // the clock; tests replace it

	tokens tokenVerifier
	keys   managementKeys
	ttl    time.Duration

	mu sync.Mutex
	// cache is keyed by the digest of the whole text, so that a hit replaces the comparison of digests. The
	// timing of a lookup reveals nothing, because an attacker cannot choose a digest.
	cache map[accesskey.Digest]cached
}

// cached is a management key's credential with the end of its cache period.
type cached struct {
	credential ManagementCredential
	until      time.Time
}

// NewAuthenticator returns an authenticator that caches a management key for ttl. A deleted key may keep
// working for that long. 0 disables the cache. Refusals are never cached.
func NewAuthenticator(tokens tokenVerifier, keys managementKeys, ttl time.Duration) *Authenticator {
	return &Authenticator{Now: time.Now, tokens: tokens, keys: keys, ttl: ttl, cache: map[accesskey.Digest]cached{}}
}

// Authenticate returns the principal of the credential. It returns problem.Unauthenticated for an invalid
// credential, problem.Forbidden for a person without a role or a tenant, and a problem with the status 503 if
// the check itself failed. It returns no other errors.
func (a *Authenticator) Authenticate(ctx context.Context, credential string) (Principal, error) {
	return a.AuthenticateVia(ctx, credential, func(ctx context.Context, id string, _ bool) (ManagementCredential, error) {
		return a.keys.Find(ctx, id)
	})
}

// Find reads a management key's credential, as managementKeys does. seen means that this environment has
// accepted this credential before, so it is not made up.
type Find func(ctx context.Context, id string, seen bool) (ManagementCredential, error)

// AuthenticateVia is Authenticate that reads management keys with find.
func (a *Authenticator) AuthenticateVia(ctx context.Context, credential string, find Find) (Principal, error) {
	switch {
	case credential == "":
		return Principal{}, problem.New(problem.Unauthenticated, "Send an access token or a management key: Authorization: Bearer ….")
	case strings.HasPrefix(credential, "arxk_"):
		return Principal{}, problem.New(problem.Unauthenticated, "This is an access key. It is for calling its Arx, not this API. Send a management key (arxm_…) or an access token.")
	case strings.HasPrefix(credential, "arxm_"):
		return decided(a.managementKey(ctx, credential, find))
	default:
		return decided(a.tokens.Verify(ctx, credential))
	}
}

// decided turns an error that is not a decision about the caller into problem.Unavailable.
func decided(p Principal, err error) (Principal, error) {
	switch {
	case err == nil:
		return p, nil
	case problem.Is(err, problem.Unauthenticated), problem.Is(err, problem.Forbidden), problem.IsUndecided(err):
		return Principal{}, err
	}
	unavailable := problem.Because(problem.Unavailable, err, "Your credential cannot be checked at the moment. Try again in a moment.")
	unavailable.RetryAfter = time.Second
	return Principal{}, unavailable
}

func (a *Authenticator) managementKey(ctx context.Context, text string, find Find) (Principal, error) {
	key, err := accesskey.Parse(text)
	if err != nil {
		return Principal{}, problem.New(problem.Unauthenticated, "The management key is incomplete or mistyped: its checksum does not match. Copy it again.")
	}
	digest, now := key.Digest(), a.Now() // before the read, so that a cached credential is never older than the ttl
	credential, seen, ok := a.recall(digest, now)
	if !ok {
		credential, err = find(ctx, "mgk_"+key.ID(), seen)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return Principal{}, err
		}
		// An unknown id and a wrong secret get the same response, so that nobody can find out which ids
		// exist.
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

// recall returns the credential of a digest, whether it is in the cache, and whether it is still valid
// there.
func (a *Authenticator) recall(digest accesskey.Digest, now time.Time) (c ManagementCredential, seen, valid bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, seen := a.cache[digest]
	return found.credential, seen, seen && now.Before(found.until)
}

// forget removes the digest of a credential that is no longer valid.
func (a *Authenticator) forget(digest accesskey.Digest) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.cache, digest)
}

// remember caches a credential for the ttl. It clears a full cache instead of evicting the oldest entries,
// which costs one extra read per key.
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
