package signin

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// The claims that both shapes share, with the names that TENANT_CLAIM and GROUPS_CLAIM configure.
const (
	tenantClaim = "tenant"
	groupsClaim = "cognito:groups"
)

// entrance is a sign-in of a person, as described by tokens.
type entrance struct {
	Person  Person
	Client  string // the client's id
	Session string // the session's id; "" for a token without a session
	Scopes  []string
	Nonce   string // of the request; only the first ID token contains it
	At      time.Time
}

// tokens issues access tokens and ID tokens.
type tokens struct {
	issuer   string
	shape    Shape
	audience string
	life     time.Duration
	now      func() time.Time
	key      jose.JSONWebKey

	accessSigner, idSigner jose.Signer
}

func newTokens(c Config, key jose.JSONWebKey) (*tokens, error) {
	t := &tokens{issuer: c.Issuer, shape: c.Shape, audience: c.Audience, life: c.AccessTokenLife, now: c.Now, key: key}
	accessType := jose.ContentType("JWT")
	if c.Shape == Standard {
		accessType = "at+jwt"
	}
	var err error
	if t.accessSigner, err = newSigner(key, accessType); err != nil {
		return nil, err
	}
	if t.idSigner, err = newSigner(key, "JWT"); err != nil {
		return nil, err
	}
	return t, nil
}

func newSigner(key jose.JSONWebKey, typ jose.ContentType) (jose.Signer, error) {
	return jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithType(typ))
}

// public returns the keys that verify the tokens.
func (t *tokens) public() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{t.key.Public()}}
}

// claims are the claims of a token.
type claims map[string]any

// access returns an access token. With Cognito, functions/cognito/claims adds the e-mail address and the tenant.
func (t *tokens) access(e entrance) (string, error) {
	c := t.common(e)
	c["client_id"] = e.Client
	c["scope"] = strings.Join(e.Scopes, " ")
	c["email"] = e.Person.Email
	c["email_verified"] = true
	switch t.shape {
	case Cognito:
		c["token_use"] = "access"
		c["username"] = e.Person.Subject // a user pool that signs in by e-mail address generates user names
		c["version"] = 2
	case Standard:
		c["aud"] = t.audience
	}
	return sign(t.accessSigner, c)
}

// id returns the ID token that goes with an access token.
func (t *tokens) id(e entrance, accessToken string) (string, error) {
	c := t.common(e)
	c["aud"] = e.Client
	c["email"] = e.Person.Email
	c["email_verified"] = true
	if e.Nonce != "" {
		c["nonce"] = e.Nonce
	}
	if e.Session != "" {
		c["sid"] = e.Session
	}
	hash, err := oidc.ClaimHash(accessToken, jose.RS256)
	if err != nil {
		return "", err
	}
	c["at_hash"] = hash
	switch t.shape {
	case Cognito:
		c["token_use"] = "id"
		c["cognito:username"] = e.Person.Subject
	case Standard:
		c["azp"] = e.Client
		c["preferred_username"] = e.Person.Email
	}
	return sign(t.idSigner, c)
}

// common returns the claims of every token.
func (t *tokens) common(e entrance) claims {
	now := t.now()
	return claims{
		"iss": t.issuer, "sub": e.Person.Subject, "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(t.life).Unix(), "auth_time": e.At.Unix(),
		tenantClaim: e.Person.Tenant, groupsClaim: e.Person.Groups,
	}
}

func sign(signer jose.Signer, c claims) (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(text)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// session returns the session id in an ID token of this provider, even if the token has expired. It is used only to
// end that session.
func (t *tokens) session(idToken string) (string, bool) {
	signed, err := jose.ParseSignedCompact(idToken, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return "", false
	}
	text, err := signed.Verify(t.key.Public())
	if err != nil {
		return "", false
	}
	var c struct {
		Session string `json:"sid"`
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return "", false
	}
	return c.Session, c.Session != ""
}
