package oidc

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	refreshAfter = time.Hour      // keys older than this are read again
	keepFor      = 24 * time.Hour // and used until this age if that fails
	refetchPause = time.Minute    // between two reads for an unknown kid, and between two failed refreshes
	retryPause   = time.Second    // between two reads while there are no keys
)

// keySet caches the issuer's keys. It reads them only on demand, and concurrent callers wait for the same
// read.
type keySet struct {
	url    string
	client *http.Client
	now    func() time.Time
	flight singleflight.Group

	mu      sync.Mutex
	keys    []jose.JSONWebKey
	readAt  time.Time // when the keys were read
	triedAt time.Time // end of the last read, successful or not
	missAt  time.Time // when a kid was last missing from keys just read
	lastErr error     // of the last read
	reads   int       // number of completed reads
}

func newKeySet(url string, timeout time.Duration, now func() time.Time) *keySet {
	return &keySet{url: url, client: newClient(timeout), now: now}
}

// find returns the issuer's key with the id and algorithm. It returns problem.Unauthenticated if the issuer
// has no such key, and problem.Unavailable if its keys cannot be read.
func (s *keySet) find(ctx context.Context, kid, algorithm string) (any, error) {
	key, ok := s.kept(kid, algorithm)
	due, reads := s.isDue(ok)
	if due {
		if err := s.read(ctx, reads); err != nil {
			return nil, unavailable(err)
		}
		key, ok = s.kept(kid, algorithm)
	}
	if ok {
		return key, nil
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if due {
		s.missAt = s.now()
	}
	if s.lastErr != nil { // the issuer may have a new key that we could not read
		return nil, unavailable(s.lastErr)
	}
	return nil, refuse("The access token is signed by a key that the issuer does not have. Sign in again.")
}

// kept returns a cached key that is not too old.
func (s *keySet) kept(kid, algorithm string) (any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.readAt) >= keepFor {
		return nil, false
	}
	for _, key := range s.keys {
		if key.KeyID == kid && (key.Algorithm == "" || key.Algorithm == algorithm) {
			return key.Key, true
		}
	}
	return nil, false
}

// isDue reports whether the keys must be read now, and the number of reads so far. known tells whether the
// wanted key is cached.
func (s *keySet) isDue(known bool) (due bool, reads int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	switch age := now.Sub(s.readAt); {
	case len(s.keys) == 0 || age >= keepFor:
		due = now.Sub(s.triedAt) >= retryPause
	case age >= refreshAfter:
		due = now.Sub(s.triedAt) >= refetchPause
	default:
		due = !known && now.Sub(s.missAt) >= refetchPause
	}
	return due, s.reads
}

// read reads the keys, once for all concurrent callers, and not at all if they were read since the caller
// looked. It returns an error only if the caller's context ends; a failed read keeps the old keys.
func (s *keySet) read(ctx context.Context, seen int) error {
	// A caller that gives up must not cancel the read for the others.
	result := s.flight.DoChan("", func() (any, error) {
		if s.count() == seen {
			s.replace(fetch(context.WithoutCancel(ctx), s.client, s.url))
		}
		return nil, nil
	})
	select {
	case <-result:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *keySet) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

// replace stores the result of a read.
func (s *keySet) replace(keys []jose.JSONWebKey, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	s.triedAt, s.lastErr = s.now(), err
	if err == nil {
		s.keys, s.readAt = keys, s.triedAt
	}
}

// unavailable returns the problem of keys that cannot be read.
func unavailable(cause error) error {
	p := problem.Because(problem.Unavailable, errors.Join(errors.New("read the issuer's keys"), cause), "The sign-in provider does not respond, so access tokens cannot be checked. Try again in a moment.")
	p.RetryAfter = time.Second
	return p
}
