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
	refreshAfter = time.Hour      // keys older than this are read anew
	keepFor      = 24 * time.Hour // and used until then when that fails
	refetchPause = time.Minute    // between two reads for an unknown kid, and between two failed refreshes
	retryPause   = time.Second    // between two reads while there are no keys at all
)

// keySet keeps the issuer's keys. It reads them when somebody asks for one, never before, and all
// who ask meanwhile wait for the same read.
type keySet struct {
	url    string
	client *http.Client
	now    func() time.Time
	flight singleflight.Group

	mu      sync.Mutex
	keys    []jose.JSONWebKey
	readAt  time.Time // when the keys were read
	triedAt time.Time // when a read ended last, whether or not it succeeded
	missAt  time.Time // when a kid was last not among keys just read
	lastErr error     // of the last read
	reads   int       // how many have ended
}

func newKeySet(url string, timeout time.Duration, now func() time.Time) *keySet {
	return &keySet{url: url, client: newClient(timeout), now: now}
}

// find returns the key that the issuer calls kid and uses with the algorithm. Where the issuer has
// none it is problem.Unauthenticated; where that can't be found out, problem.Unavailable.
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
	if s.lastErr != nil { // the issuer may have a new key, and we can't see it
		return nil, unavailable(s.lastErr)
	}
	return nil, refuse("The access token is signed by a key that the issuer does not have. Sign in again.")
}

// kept returns a key that is at hand and not too old.
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

// isDue reports whether the keys have to be read now, known saying whether the key that is asked
// for is at hand, and after how many reads that was so.
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

// read reads the keys, once for all who ask at the same time, and not at all when somebody has
// since the caller looked. It answers an error only when the caller's context ends: a failed read
// leaves the keys as they were.
func (s *keySet) read(ctx context.Context, seen int) error {
	// One caller who goes away must not take the read from the others.
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

// replace takes the outcome of a read.
func (s *keySet) replace(keys []jose.JSONWebKey, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	s.triedAt, s.lastErr = s.now(), err
	if err == nil {
		s.keys, s.readAt = keys, s.triedAt
	}
}

// unavailable is the problem of keys that can't be had.
func unavailable(cause error) error {
	p := problem.Because(problem.Unavailable, errors.Join(errors.New("read the issuer's keys"), cause), "The sign-in provider does not answer, so that access tokens can't be checked. Try again in a moment.")
	p.RetryAfter = time.Second
	return p
}
