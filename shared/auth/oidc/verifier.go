// Package oidc verifies access tokens of an OpenID Provider.
package oidc

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Config says whose tokens are accepted, and where they tell what we want to know.
type Config struct {
	Issuer      string // compared exactly with iss
	JWKSURL     string // where the issuer publishes its keys; there is no discovery
	ClientID    string // the console's client
	Audience    string // the API's name in aud; empty for a provider that sets none, such as Cognito
	TenantClaim string // the claim with the tenant; empty: everybody is of the tenant "default"
	GroupsClaim string // the claim with the groups; empty means cognito:groups

	FetchTimeout time.Duration    // for one read of the keys; 0 means 2 s
	Now          func() time.Time // the clock; nil means time.Now
}

const (
	// maxTokenBytes is four times the size of a token with fifty groups.
	maxTokenBytes = 8 << 10

	// leeway is how far the issuer's clock may be ahead of ours. It is never added to exp: a token
	// that has expired by our clock has expired.
	leeway = time.Minute
)

// algorithms are those that a public key verifies. HS256 and its kin are not among them: with them
// the public key would be the secret.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA}

// Verifier verifies access tokens. It may be used by several goroutines.
type Verifier struct {
	config Config
	keys   *keySet
}

// New returns the verifier of the configuration. It reads nothing: the keys are fetched with the
// first token. A configuration that lacks what is needed shows at every Verify as
// problem.Unavailable, so that management keys go on working.
func New(c Config) *Verifier {
	c.GroupsClaim = cmp.Or(c.GroupsClaim, "cognito:groups")
	c.FetchTimeout = cmp.Or(c.FetchTimeout, 2*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Verifier{config: c, keys: newKeySet(c.JWKSURL, c.FetchTimeout, c.Now)}
}

// FromEnv returns the verifier that the environment describes: OIDC_ISSUER, OIDC_JWKS_URL,
// OIDC_CLIENT_ID, OIDC_AUDIENCE, TENANT_CLAIM and GROUPS_CLAIM.
func FromEnv() *Verifier {
	return New(Config{
		Issuer:      os.Getenv("OIDC_ISSUER"),
		JWKSURL:     os.Getenv("OIDC_JWKS_URL"),
		ClientID:    os.Getenv("OIDC_CLIENT_ID"),
		Audience:    os.Getenv("OIDC_AUDIENCE"),
		TenantClaim: os.Getenv("TENANT_CLAIM"),
		GroupsClaim: os.Getenv("GROUPS_CLAIM"),
	})
}

// Verify returns the person whom an access token speaks for.
//
// What is wrong with the token is problem.Unauthenticated; a person without a role or a tenant is
// problem.Forbidden; keys that can't be had are problem.Unavailable. No answer repeats anything
// that the token says.
func (v *Verifier) Verify(ctx context.Context, token string) (auth.Principal, error) {
	if err := v.config.check(); err != nil {
		return auth.Principal{}, problem.Because(problem.Unavailable, err, "Sign-in is not configured. Set OIDC_ISSUER, OIDC_JWKS_URL and OIDC_CLIENT_ID or OIDC_AUDIENCE.")
	}
	header, claims, err := v.open(ctx, token)
	if err != nil {
		return auth.Principal{}, err
	}
	if err := v.inForce(claims); err != nil {
		return auth.Principal{}, err
	}
	if err := v.config.requireAccessToken(header, claims); err != nil {
		return auth.Principal{}, err
	}
	return v.config.principal(claims)
}

// check answers what the configuration lacks. Without a client and an audience there is nothing
// that would tell a token for us from a token for somebody else.
func (c Config) check() error {
	switch {
	case c.Issuer == "":
		return errors.New("no issuer")
	case c.JWKSURL == "":
		return errors.New("no address of the issuer's keys")
	case c.ClientID == "" && c.Audience == "":
		return errors.New("neither a client nor an audience")
	}
	return nil
}

// open checks the signature and returns what was signed.
func (v *Verifier) open(ctx context.Context, token string) (jose.Header, claims, error) {
	if len(token) > maxTokenBytes {
		return jose.Header{}, claims{}, refuse("The access token is larger than 8 KB.")
	}
	signed, err := jwt.ParseSigned(token, algorithms)
	if err != nil || len(signed.Headers) != 1 {
		return jose.Header{}, claims{}, refuse("This is neither an access token nor a management key. Send one of them: Authorization: Bearer ….")
	}
	header := signed.Headers[0]
	if header.KeyID == "" {
		return jose.Header{}, claims{}, refuse("The access token does not name its key (kid).")
	}
	key, err := v.keys.find(ctx, header.KeyID, header.Algorithm)
	if err != nil {
		return jose.Header{}, claims{}, err
	}
	var c claims
	if err := signed.Claims(key, &c.Claims, &c.all); err != nil {
		return jose.Header{}, claims{}, refuse("The access token's signature is wrong, or what it signs is unreadable.")
	}
	return header, c, c.checkShapes()
}

// inForce answers why the token is not the issuer's, or not for this moment.
func (v *Verifier) inForce(c claims) error {
	now := v.config.Now()
	switch {
	case c.Issuer != v.config.Issuer:
		return refuse("The access token is of another issuer.")
	case c.Expiry == nil:
		return refuse("The access token never expires (no exp).")
	case !now.Before(c.Expiry.Time()):
		return refuse("The access token has expired. Sign in again.")
	case c.NotBefore != nil && c.NotBefore.Time().After(now.Add(leeway)):
		return refuse("The access token is not valid yet.")
	case c.IssuedAt != nil && c.IssuedAt.Time().After(now.Add(leeway)):
		return refuse("The access token comes from the future. Compare the clocks.")
	}
	return nil
}

// refuse returns the problem of a token that is not accepted.
func refuse(detail string) error { return problem.New(problem.Unauthenticated, detail) }
