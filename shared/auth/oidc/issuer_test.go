package oidc_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/arxkeys/arxkeys/shared/auth/oidc"
)

// Keys of all tests. Generating one takes longer than most tests.
var (
	rsaKey   = must(rsa.GenerateKey(rand.Reader, 2048))
	otherKey = must(rsa.GenerateKey(rand.Reader, 2048))
	weakKey  = must(rsa.GenerateKey(rand.Reader, 1024))
	ecKey    = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	edKey    = func() ed25519.PrivateKey { _, k, err := ed25519.GenerateKey(rand.Reader); return must(k, err) }()
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

const (
	clientID = "arxkeys-console"
	otherID  = "arxkeys-command-line"
	audience = "https://api.example.com"
)

// issuer is an OpenID Provider's key endpoint that a test can break.
type issuer struct {
	*httptest.Server
	answer  atomic.Pointer[http.HandlerFunc]
	fetches atomic.Int32
	clock   clock
}

// clock is a clock that stands still until it is advanced.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{clock: clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.fetches.Add(1)
		(*i.answer.Load())(w, r)
	}))
	t.Cleanup(i.Close)
	i.publish(
		jose.JSONWebKey{Key: &rsaKey.PublicKey, KeyID: "rsa", Algorithm: "RS256", Use: "sig"},
		jose.JSONWebKey{Key: &rsaKey.PublicKey, KeyID: "pss"},
		jose.JSONWebKey{Key: &rsaKey.PublicKey, KeyID: "for-encryption", Use: "enc"},
		jose.JSONWebKey{Key: &weakKey.PublicKey, KeyID: "weak"},
		jose.JSONWebKey{Key: &ecKey.PublicKey, KeyID: "ec"},
		jose.JSONWebKey{Key: edKey.Public(), KeyID: "ed"},
		jose.JSONWebKey{Key: []byte(strings.Repeat("s", 32)), KeyID: "symmetric"},
	)
	return i
}

func (i *issuer) serve(h http.HandlerFunc) { i.answer.Store(&h) }

func (i *issuer) publish(keys ...jose.JSONWebKey) {
	body := must(json.Marshal(jose.JSONWebKeySet{Keys: keys}))
	i.serve(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
}

// fail makes the provider return errors.
func (i *issuer) fail() {
	i.serve(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "trouble", http.StatusBadGateway) })
}

// verifier returns a verifier of the issuer; change may be nil.
func (i *issuer) verifier(change func(*oidc.Config)) *oidc.Verifier {
	c := oidc.Config{Issuer: i.URL, JWKSURL: i.URL + "/keys", ClientIDs: []string{clientID}, Now: i.clock.Now}
	if change != nil {
		change(&c)
	}
	return oidc.New(c)
}

type set = map[string]any

// without is the value of a claim or header that a test removes.
var without any = new(int)

// cognito returns the claims of a Cognito access token, with changes.
func (i *issuer) cognito(change set) set {
	return merge(set{
		"iss": i.URL, "sub": "1b2c", "token_use": "access", "client_id": clientID, "username": "ada",
		"scope": "openid", "cognito:groups": []string{"developer", "staff"}, "jti": "x",
		"iat": i.clock.Now().Unix(), "exp": i.clock.Now().Add(time.Hour).Unix(),
	}, change)
}

// standard returns the claims of an RFC 9068 access token, with changes.
func (i *issuer) standard(change set) set {
	return merge(set{
		"iss": i.URL, "sub": "1b2c", "aud": audience, "client_id": clientID, "email": "ada@example.com", "email_verified": true,
		"cognito:groups": []string{"admin"}, "jti": "x",
		"iat": i.clock.Now().Unix(), "exp": i.clock.Now().Add(time.Hour).Unix(),
	}, change)
}

// idToken returns the claims of a standard provider's ID token, with changes.
func (i *issuer) idToken(change set) set {
	return merge(set{
		"iss": i.URL, "sub": "1b2c", "aud": clientID, "azp": clientID, "email": "ada@example.com", "nonce": "n",
		"cognito:groups": []string{"owner"},
		"iat":            i.clock.Now().Unix(), "exp": i.clock.Now().Add(time.Hour).Unix(),
	}, change)
}

func merge(into, change set) set {
	maps.Copy(into, change)
	return into
}

// sign returns a token with the header {"alg": "RS256", "kid": "rsa"}, with changes.
func sign(header, claims set) string {
	return signWith(jose.RS256, rsaKey, merge(set{"kid": "rsa"}, header), claims)
}

// signAs returns a token with the header's typ.
func signAs(typ any, claims set) string { return sign(set{"typ": typ}, claims) }

func signWith(alg jose.SignatureAlgorithm, key any, header, claims set) string {
	for _, s := range []set{header, claims} {
		maps.DeleteFunc(s, func(_ string, v any) bool { return v == without })
	}
	var options jose.SignerOptions
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer := must(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, &options))
	return must(must(signer.Sign(must(json.Marshal(claims)))).CompactSerialize())
}
