package oidc_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/arxkeys/arxkeys/shared/auth/oidc"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var (
	oldKeys = []jose.JSONWebKey{{Key: &rsaKey.PublicKey, KeyID: "rsa"}}
	newKeys = []jose.JSONWebKey{{Key: &rsaKey.PublicKey, KeyID: "rsa"}, {Key: &otherKey.PublicKey, KeyID: "new"}}
)

// fetched checks how often the keys have been fetched.
func (i *issuer) fetched(t *testing.T, want int32) {
	t.Helper()
	if got := i.fetches.Load(); got != want {
		t.Errorf("the keys were fetched %d times, want %d", got, want)
	}
}

// signed returns a token that is signed by the issuer's first key and valid for days.
func (i *issuer) signed() string {
	return sign(nil, i.cognito(set{"exp": i.clock.Now().Add(100 * time.Hour).Unix()}))
}

// signedByNew returns a token signed by the key "new".
func (i *issuer) signedByNew() string {
	return signWith(jose.RS256, otherKey, set{"kid": "new"}, i.cognito(set{"exp": i.clock.Now().Add(100 * time.Hour).Unix()}))
}

func TestNoKeysMeansUnavailableUntilTheIssuerIsBack(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(nil)
	good := *i.answer.Load()
	text := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
	}
	private := must(json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaKey, KeyID: "rsa"}}}))
	for name, answer := range map[string]http.HandlerFunc{
		"trouble":        func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "trouble", 500) },
		"a page":         text("<html>"),
		"an empty set":   text(`{"keys":[]}`),
		"no set":         text(`{}`),
		"unknown keys":   text(`{"keys":[{"kty":"new","kid":"rsa"}]}`),
		"a private key":  text(string(private)),
		"an endless set": func(w http.ResponseWriter, r *http.Request) { good(w, r); text(strings.Repeat(" ", 600<<10))(w, r) },
		"another address": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				good(w, r)
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
		"a cut connection": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		i.serve(answer)
		i.clock.advance(time.Second)
		deny(t, v, name, i.signed(), problem.Unavailable, "does not respond")
	}
	tries := i.fetches.Load()
	deny(t, v, "at once again", i.signed(), problem.Unavailable, "does not respond")
	i.fetched(t, tries)

	i.publish(oldKeys...)
	i.clock.advance(time.Second)
	allow(t, v, "back again", i.signed())
}

func TestUnavailableHasRetryAfter(t *testing.T) {
	i := newIssuer(t)
	i.fail()
	_, err := i.verifier(nil).Verify(t.Context(), i.signed())
	if p := problem.Of(err); p.Code != problem.Unavailable || p.RetryAfter != time.Second {
		t.Errorf("%v, again after %v", p, p.RetryAfter)
	}
}

func TestSlowIssuerTimesOut(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(func(c *oidc.Config) { c.FetchTimeout = 20 * time.Millisecond })
	i.serve(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	deny(t, v, "slow", i.signed(), problem.Unavailable, "does not respond")
}

func TestKeysAreReadWithTheFirstTokenAndCached(t *testing.T) {
	i := newIssuer(t)
	i.publish(oldKeys...)
	v := i.verifier(nil)
	i.fetched(t, 0)
	for range 3 {
		allow(t, v, "a token", i.signed())
		i.clock.advance(19 * time.Minute)
	}
	i.fetched(t, 1)
	i.clock.advance(3 * time.Minute)
	allow(t, v, "an hour later", i.signed())
	i.fetched(t, 2)
}

func TestKeysOutliveAFailingIssuerForADay(t *testing.T) {
	i := newIssuer(t)
	i.publish(oldKeys...)
	v := i.verifier(nil)
	allow(t, v, "at first", i.signed())
	i.fail()
	i.clock.advance(time.Hour)
	allow(t, v, "after an hour", i.signed())
	i.fetched(t, 2)
	allow(t, v, "without asking again", i.signed())
	i.fetched(t, 2)
	i.clock.advance(time.Minute)
	allow(t, v, "asking once a minute", i.signed())
	i.fetched(t, 3)
	i.clock.advance(22*time.Hour + 58*time.Minute)
	allow(t, v, "for nearly a day", i.signed())
	i.clock.advance(time.Minute)
	deny(t, v, "after a day", i.signed(), problem.Unavailable, "does not respond")
	i.publish(oldKeys...)
	i.clock.advance(time.Second)
	allow(t, v, "back again", i.signed())
}

func TestRevokedKeyIsRefused(t *testing.T) {
	i := newIssuer(t)
	i.publish(newKeys...)
	v := i.verifier(nil)
	allow(t, v, "at first", i.signedByNew())
	i.publish(oldKeys...)
	i.clock.advance(time.Hour)
	deny(t, v, "after the refresh", i.signedByNew(), problem.Unauthenticated, "does not have")
}

func TestUnknownKeyIsReadOnceAMinute(t *testing.T) {
	i := newIssuer(t)
	i.publish(oldKeys...)
	v := i.verifier(nil)
	allow(t, v, "a known key", i.signed())
	i.publish(newKeys...)
	allow(t, v, "a new key", i.signedByNew())
	i.fetched(t, 2)

	unknown := sign(set{"kid": "unknown"}, i.cognito(nil))
	deny(t, v, "unknown", unknown, problem.Unauthenticated, "does not have")
	i.fetched(t, 3)
	for range 10 {
		deny(t, v, "unknown again", unknown, problem.Unauthenticated, "does not have")
		allow(t, v, "a known key in between", i.signed())
	}
	i.fetched(t, 3)
	i.clock.advance(time.Minute)
	deny(t, v, "a minute later", unknown, problem.Unauthenticated, "does not have")
	i.fetched(t, 4)
}

func TestUnknownKeyIsUnavailableWhileTheIssuerFails(t *testing.T) {
	i := newIssuer(t)
	i.publish(oldKeys...)
	v := i.verifier(nil)
	allow(t, v, "a known key", i.signed())
	i.fail()
	for range 3 {
		deny(t, v, "a new key", i.signedByNew(), problem.Unavailable, "does not respond")
		allow(t, v, "a known key in between", i.signed())
	}
	i.fetched(t, 2)
	i.publish(newKeys...)
	i.clock.advance(time.Minute)
	allow(t, v, "back again", i.signedByNew())
}

func TestConcurrentCallersShareOneRead(t *testing.T) {
	i := newIssuer(t)
	i.publish(oldKeys...)
	publish := *i.answer.Load()
	release := make(chan struct{})
	i.serve(func(w http.ResponseWriter, r *http.Request) { <-release; publish(w, r) })
	v, token := i.verifier(nil), i.signed()

	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { allow(t, v, "one of many", token) })
	}
	close(release)
	wg.Wait()
	i.fetched(t, 1)
}

func TestCancelledCallerDoesNotCancelTheRead(t *testing.T) {
	i := newIssuer(t)
	i.publish(oldKeys...)
	publish := *i.answer.Load()
	asked, release := make(chan struct{}), make(chan struct{})
	i.serve(func(w http.ResponseWriter, r *http.Request) { close(asked); <-release; publish(w, r) })
	v := i.verifier(nil)

	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { _, err := v.Verify(ctx, i.signed()); gone <- err }()
	<-asked
	leave()
	if err := <-gone; !problem.Is(err, problem.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled caller gets %v", err)
	}
	close(release)
	allow(t, v, "who stays", i.signed())
	i.fetched(t, 1)
}
