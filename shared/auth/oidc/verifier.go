// Package oidc verifies access tokens of an OpenID Provider.
package oidc

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Config configures which tokens are accepted, and which claims are used.
type Config struct {
	Issuer      string   // compared exactly with iss
	JWKSURL     string   // URL of the issuer's keys; there is no discovery
	ClientIDs   []string // our clients: the console and the command line; none is empty
	Audience    string   // the API's name in aud; empty for a provider that sets none, such as Cognito
	TenantClaim string   // the claim with the tenant; empty for the single tenant "default"
	GroupsClaim string   // the claim with the groups; empty means cognito:groups

	FetchTimeout time.Duration    // for one read of the keys; 0 means 2 s
	Now          func() time.Time // the clock; nil means time.Now
}

const (
	// maxTokenBytes is four times the size of a token with fifty groups.
	maxTokenBytes = 8 << 10

	// leeway is how far the issuer's clock may be ahead of ours. It does not extend exp: a token that has
	// expired by our clock is expired.
	leeway = time.Minute
)

// algorithms are signature algorithms with public keys. HMAC algorithms such as HS256 are excluded: their
// secret would be the public key.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA}

// Verifier verifies access tokens. It is safe for concurrent use.
type Verifier struct {
	config Config
	keys   *keySet
}

// New returns a verifier. It reads nothing; the first token fetches the keys. With an incomplete
// configuration, Verify returns problem.Unavailable, so that management keys keep working.
func New(c Config) *Verifier {
	c.GroupsClaim = cmp.Or(c.GroupsClaim, "cognito:groups")
	c.FetchTimeout = cmp.Or(c.FetchTimeout, 2*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Verifier{config: c, keys: newKeySet(c.JWKSURL, c.FetchTimeout, c.Now)}
}

// FromEnv returns the verifier that the environment variables configure: OIDC_ISSUER, OIDC_JWKS_URL,
// OIDC_CLIENT_IDS, OIDC_AUDIENCE, TENANT_CLAIM and GROUPS_CLAIM. OIDC_CLIENT_IDS separates ids by commas; an
// empty or padded entry ends the program.
func FromEnv() *Verifier {
	return New(Config{
		Issuer:      os.Getenv("OIDC_ISSUER"),
		JWKSURL:     os.Getenv("OIDC_JWKS_URL"),
		ClientIDs:   clientIDs(os.Getenv("OIDC_CLIENT_IDS")),
		Audience:    os.Getenv("OIDC_AUDIENCE"),
		TenantClaim: os.Getenv("TENANT_CLAIM"),
		GroupsClaim: os.Getenv("GROUPS_CLAIM"),
	})
}

// clientIDs splits a list at its commas. It returns none for an empty text. An entry that is no id ends the
// program: an empty one, which a token without a client would match, or one with spaces, which no token has.
func clientIDs(text string) []string {
	if text == "" {
		return nil
	}
	ids := strings.Split(text, ",")
	for _, id := range ids {
		if id == "" || strings.ContainsFunc(id, unicode.IsSpace) {
			lambdalog.Fatal("invalid environment variable", "name", "OIDC_CLIENT_IDS", "value", text, "cause", "not client ids separated by commas without spaces")
		}
	}
	return ids
}

// Verify returns the person that an access token identifies.
//
// It returns problem.Unauthenticated for an invalid token, problem.Forbidden for a person without a role or
// a tenant, and problem.Unavailable if the issuer's keys cannot be read. No error repeats anything from the
// token.
func (v *Verifier) Verify(ctx context.Context, token string) (auth.Principal, error) {
	if err := v.config.check(); err != nil {
		return auth.Principal{}, problem.Because(problem.Unavailable, err, "Sign-in is not configured. Set OIDC_ISSUER, OIDC_JWKS_URL and OIDC_CLIENT_IDS or OIDC_AUDIENCE.")
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

// check returns what the configuration lacks. Without a client and an audience, tokens for us cannot be
// distinguished from tokens for others.
func (c Config) check() error {
	switch {
	case c.Issuer == "":
		return errors.New("issuer not set")
	case c.JWKSURL == "":
		return errors.New("URL of the issuer's keys not set")
	case len(c.ClientIDs) == 0 && c.Audience == "":
		return errors.New("neither client nor audience set")
	case c.isOurs(""): // a token without a client would match it
		return errors.New("an empty client id set")
	}
	return nil
}

// open verifies the signature and returns the header and the claims.
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
		return jose.Header{}, claims{}, refuse("The access token has no key id (kid).")
	}
	key, err := v.keys.find(ctx, header.KeyID, header.Algorithm)
	if err != nil {
		return jose.Header{}, claims{}, err
	}
	var c claims
	if err := signed.Claims(key, &c.Claims, &c.all); err != nil {
		return jose.Header{}, claims{}, refuse("The access token's signature or payload is invalid.")
	}
	return header, c, c.checkShapes()
}

// inForce returns an error if the token is from another issuer or not valid at this time.
func (v *Verifier) inForce(c claims) error {
	now := v.config.Now()
	switch {
	case c.Issuer != v.config.Issuer:
		return refuse("The access token is from another issuer.")
	case c.Expiry == nil:
		return refuse("The access token never expires (no exp).")
	case !now.Before(c.Expiry.Time()):
		return refuse("The access token has expired. Sign in again.")
	case c.NotBefore != nil && c.NotBefore.Time().After(now.Add(leeway)):
		return refuse("The access token is not valid yet.")
	case c.IssuedAt != nil && c.IssuedAt.Time().After(now.Add(leeway)):
		return refuse("The access token was issued in the future. Check the clocks.")
	}
	return nil
}

// refuse returns the problem of an invalid token.
func refuse(detail string) error { return problem.New(problem.Unauthenticated, detail) }
