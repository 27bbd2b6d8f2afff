package oidc_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/auth/oidc"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// deny checks that the token is refused, with a detail that contains the words.
func deny(t *testing.T, v *oidc.Verifier, name, token string, code problem.Code, words string) {
	t.Helper()
	p, err := v.Verify(t.Context(), token)
	if err == nil {
		t.Errorf("%s: accepted as %+v", name, p)
		return
	}
	if !problem.Is(err, code) || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v, want %s with %q", name, err, code, words)
	}
	if p != (auth.Principal{}) {
		t.Errorf("%s: refused, but with a principal: %+v", name, p)
	}
}

// allow checks that the token is accepted.
func allow(t *testing.T, v *oidc.Verifier, name, token string) auth.Principal {
	t.Helper()
	p, err := v.Verify(t.Context(), token)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return p
}

func TestMalformedTokenIsRefused(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(nil)
	good := sign(nil, i.cognito(nil))
	parts := strings.Split(good, ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	signed := func(payload string) string {
		signer := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: rsaKey}, (&jose.SignerOptions{}).WithHeader("kid", "rsa")))
		return must(must(signer.Sign([]byte(payload))).CompactSerialize())
	}

	for name, token := range map[string]string{
		"nothing":             "",
		"a word":              "token",
		"dots":                "..",
		"many dots":           strings.Repeat(".", 4000),
		"two parts":           parts[0] + "." + parts[1],
		"four parts":          good + "." + parts[2],
		"no signature":        parts[0] + "." + parts[1] + ".",
		"a space in it":       parts[0] + " ." + parts[1] + "." + parts[2],
		"JSON serialisation":  `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"an encrypted token":  parts[0] + "." + parts[1] + "." + parts[2] + "." + parts[1] + "." + parts[2],
		"header is not JSON":  encode("x") + "." + parts[1] + "." + parts[2],
		"not base64":          "é." + parts[1] + "." + parts[2],
		"payload is not JSON": signed("x"),
		"payload is a list":   signed("[]"),
		"payload is null":     signed("null"),
		"payload is empty":    signed(""),
		"a claim twice":       signed(`{"iss":"` + i.URL + `","token_use":"id","token_use":"access"}`),
		"exp is a string":     sign(nil, i.cognito(set{"exp": "tomorrow"})),
		"aud is a number":     sign(nil, i.cognito(set{"aud": 7})),
		"another's payload":   parts[0] + "." + encode(`{"sub":"eve"}`) + "." + parts[2],
	} {
		deny(t, v, name, token, problem.Unauthenticated, "")
	}

	huge := sign(nil, i.cognito(set{"cognito:groups": []string{"owner", strings.Repeat("x", 9000)}}))
	deny(t, v, "huge", huge, problem.Unauthenticated, "larger than 8 KB")
	deny(t, v, "enormous", strings.Repeat("x", 10<<20), problem.Unauthenticated, "larger than 8 KB")
}

func TestSignatureIsVerified(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(nil)
	claims := i.cognito(nil)

	// The classic attack: the public key, which everyone has, as the secret of an HMAC.
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(&rsaKey.PublicKey))})
	deny(t, v, "HS256 with the public key", signWith(jose.HS256, publicPEM, set{"kid": "rsa"}, claims), problem.Unauthenticated, "neither")
	deny(t, v, "HS256 with a published secret", signWith(jose.HS256, []byte(strings.Repeat("s", 32)), set{"kid": "symmetric"}, claims), problem.Unauthenticated, "neither")

	for _, alg := range []string{"none", "None", "NONE", ""} {
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + alg + `","kid":"rsa"}`))
		payload := base64.RawURLEncoding.EncodeToString(must(json.Marshal(claims)))
		deny(t, v, "alg "+alg, header+"."+payload+".", problem.Unauthenticated, "neither")
		deny(t, v, "alg "+alg+" with a signature", header+"."+payload+".AAAA", problem.Unauthenticated, "neither")
	}

	deny(t, v, "another key under a known kid", signWith(jose.RS256, otherKey, set{"kid": "rsa"}, claims), problem.Unauthenticated, "signature")
	deny(t, v, "another kind of key", signWith(jose.ES256, ecKey, set{"kid": "pss"}, claims), problem.Unauthenticated, "signature")
	deny(t, v, "an algorithm that the key is not for", signWith(jose.PS256, rsaKey, set{"kid": "rsa"}, claims), problem.Unauthenticated, "does not have")
	deny(t, v, "an algorithm that is not accepted", signWith(jose.RS512, rsaKey, set{"kid": "pss"}, claims), problem.Unauthenticated, "neither")
	deny(t, v, "the key for encryption", sign(set{"kid": "for-encryption"}, claims), problem.Unauthenticated, "does not have")
	deny(t, v, "a short key", signWith(jose.RS256, weakKey, set{"kid": "weak"}, claims), problem.Unauthenticated, "does not have")
	deny(t, v, "no kid", sign(set{"kid": without}, claims), problem.Unauthenticated, "kid")
	deny(t, v, "unknown kid", sign(set{"kid": "unknown"}, claims), problem.Unauthenticated, "does not have")
	deny(t, v, "a key in its own header", signWith(jose.RS256, otherKey,
		set{"kid": "rsa", "jwk": jose.JSONWebKey{Key: &otherKey.PublicKey}, "jku": "https://evil.example/keys"}, claims), problem.Unauthenticated, "")
	deny(t, v, "an unknown critical header", sign(set{"crit": []string{"x"}, "x": 1}, claims), problem.Unauthenticated, "")

	allow(t, v, "RS256", sign(nil, claims))
	allow(t, v, "PS256", signWith(jose.PS256, rsaKey, set{"kid": "pss"}, claims))
	allow(t, v, "ES256", signWith(jose.ES256, ecKey, set{"kid": "ec"}, claims))
	allow(t, v, "EdDSA", signWith(jose.EdDSA, edKey, set{"kid": "ed"}, claims))
}

func TestTokenIsFromTheIssuerAndCurrent(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(nil)
	now := i.clock.Now()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }

	deny(t, v, "another issuer", sign(nil, i.cognito(set{"iss": "https://evil.example"})), problem.Unauthenticated, "another issuer")
	deny(t, v, "the issuer with a slash", sign(nil, i.cognito(set{"iss": i.URL + "/"})), problem.Unauthenticated, "another issuer")
	deny(t, v, "no issuer", sign(nil, i.cognito(set{"iss": without})), problem.Unauthenticated, "another issuer")
	deny(t, v, "no exp", sign(nil, i.cognito(set{"exp": without})), problem.Unauthenticated, "never expires")
	deny(t, v, "exp null", sign(nil, i.cognito(set{"exp": nil})), problem.Unauthenticated, "exp")
	deny(t, v, "expired", sign(nil, i.cognito(set{"exp": at(-time.Second)})), problem.Unauthenticated, "Sign in again")
	deny(t, v, "expired just now", sign(nil, i.cognito(set{"exp": at(0)})), problem.Unauthenticated, "Sign in again")
	deny(t, v, "not yet valid", sign(nil, i.cognito(set{"nbf": at(61 * time.Second)})), problem.Unauthenticated, "not valid yet")
	deny(t, v, "not valid for ages", sign(nil, i.cognito(set{"nbf": 9e18})), problem.Unauthenticated, "")
	deny(t, v, "from the future", sign(nil, i.cognito(set{"iat": at(61 * time.Second)})), problem.Unauthenticated, "future")

	allow(t, v, "about to expire", sign(nil, i.cognito(set{"exp": at(time.Second)})))
	allow(t, v, "clocks that differ a little", sign(nil, i.cognito(set{"nbf": at(time.Minute), "iat": at(time.Minute)})))
	allow(t, v, "no iat", sign(nil, i.cognito(set{"iat": without})))
}

func accessKey(t *testing.T) string {
	t.Helper()
	return must(accesskey.New(accesskey.Production, "01J9Zk3V8QpTfW2x", rand.Reader)).Reveal()
}

func TestTokenWithoutIdentityIsRefused(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(func(c *oidc.Config) { c.TenantClaim = "tenant" })
	token := func(change set) string { return sign(nil, i.cognito(merge(set{"tenant": "example"}, change))) }

	deny(t, v, "no sub", token(set{"sub": without}), problem.Unauthenticated, "sub")
	deny(t, v, "an empty sub", token(set{"sub": ""}), problem.Unauthenticated, "sub")
	deny(t, v, "a long sub", token(set{"sub": strings.Repeat("x", 256)}), problem.Unauthenticated, "sub")
	deny(t, v, "an access key as sub", token(set{"sub": accessKey(t)}), problem.Unauthenticated, "sub")
	deny(t, v, "a sub of two lines", token(set{"sub": "a\nb"}), problem.Unauthenticated, "sub")

	const groups = "owner, admin, developer or verifier"
	deny(t, v, "no groups", token(set{"cognito:groups": without}), problem.Forbidden, groups)
	deny(t, v, "no known group", token(set{"cognito:groups": []string{"staff", "Owner", "owners"}}), problem.Forbidden, groups)
	deny(t, v, "groups of numbers", token(set{"cognito:groups": []any{1, nil, true, []string{"owner"}}}), problem.Forbidden, groups)
	deny(t, v, "groups as an object", token(set{"cognito:groups": set{"owner": true}}), problem.Forbidden, groups)

	for _, tenant := range []any{without, nil, "", "Example", "two words", "a/b", "*", "a#b", "é", strings.Repeat("x", 64), 7, true, []string{"example"}} {
		deny(t, v, "a bad tenant", token(set{"tenant": tenant}), problem.Forbidden, "claim tenant")
	}

	allow(t, v, "somebody", token(nil))
}

func TestPrincipalMatchesTheClaims(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(func(c *oidc.Config) { c.TenantClaim, c.GroupsClaim = "custom:tenant", "roles" })
	check := func(name string, change set, want auth.Principal) {
		t.Helper()
		claims := i.cognito(merge(set{"custom:tenant": "example", "roles": []string{"admin"}, "cognito:groups": []string{"owner"}}, change))
		if diff := cmp.Diff(want, allow(t, v, name, sign(nil, claims))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	person := func(change func(*auth.Principal)) auth.Principal {
		p := auth.Principal{Kind: api.Person, ID: "1b2c", Name: "ada", Tenant: "example", Role: api.Admin}
		change(&p)
		return p
	}
	named := func(name string) auth.Principal { return person(func(p *auth.Principal) { p.Name = name }) }
	withRole := func(role api.Role) auth.Principal { return person(func(p *auth.Principal) { p.Role = role }) }

	check("a username", nil, named("ada"))
	check("an e-mail address", set{"email": "ada@example.com"}, named("ada"))
	check("a verified one", set{"email": "ada@example.com", "email_verified": true}, named("ada@example.com"))
	check("an unverified one", set{"email": "owner@example.com", "email_verified": false}, named("ada"))
	check("an illegible one", set{"email": "a\u202eb\n"}, named("ada"))
	check("one with an access key in it", set{"email": accessKey(t) + "@example.com"}, named("ada"))
	check("access keys for names", set{"email": accessKey(t), "username": accessKey(t), "preferred_username": accessKey(t)}, named("1b2c"))
	check("an endless one", set{"email": strings.Repeat("x", 255)}, named("ada"))
	check("an ID token's name", set{"username": without, "cognito:username": "ada-2"}, named("ada-2"))
	check("a preferred name", set{"username": without, "preferred_username": "ada-3"}, named("ada-3"))
	check("no name", set{"username": without}, named("1b2c"))

	check("several groups", set{"roles": []string{"staff", "verifier", "developer"}}, withRole(api.Developer))

	v = i.verifier(nil) // no tenants told apart
	if p := allow(t, v, "no tenants", sign(nil, i.cognito(set{"tenant": "other"}))); p.Tenant != "default" {
		t.Errorf("tenant %q, want default", p.Tenant)
	}
}

func TestRefusalsRepeatNothingOfTheToken(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(func(c *oidc.Config) { c.TenantClaim = "tenant" })
	const mark = "WhiteRabbit"
	for _, token := range []string{
		mark,
		mark + "." + mark + "." + mark,
		sign(set{"kid": mark}, i.cognito(nil)),
		sign(set{"typ": mark}, i.cognito(set{"token_use": without})),
		base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"`+mark+`"}`)) + ".e30.AAAA",
		sign(nil, i.cognito(set{"iss": mark})),
		sign(nil, i.cognito(set{"token_use": mark})),
		sign(nil, i.cognito(set{"client_id": mark})),
		sign(nil, i.cognito(set{"cognito:groups": mark})),
		sign(nil, i.cognito(set{"tenant": mark})),
		sign(nil, i.cognito(set{"exp": mark})),
	} {
		_, err := v.Verify(t.Context(), token)
		if err == nil || strings.Contains(err.Error(), mark) {
			t.Errorf("%v", err)
		}
	}
}

func TestIncompleteConfigurationAcceptsNobody(t *testing.T) {
	i := newIssuer(t)
	for name, change := range map[string]func(*oidc.Config){
		"no issuer":                   func(c *oidc.Config) { c.Issuer = "" },
		"no keys":                     func(c *oidc.Config) { c.JWKSURL = "" },
		"neither client nor audience": func(c *oidc.Config) { c.ClientIDs = nil },
		"an empty client":             func(c *oidc.Config) { c.ClientIDs = []string{clientID, ""} },
		"an empty client alone":       func(c *oidc.Config) { c.ClientIDs = []string{""} },
		"an empty client, audience":   func(c *oidc.Config) { c.ClientIDs, c.Audience = []string{""}, audience },
	} {
		deny(t, i.verifier(change), name, sign(nil, i.cognito(set{"client_id": ""})), problem.Unavailable, "not configured")
	}
	if i.fetches.Load() != 0 {
		t.Error("the keys were fetched")
	}
}

func TestFromEnvReadsTheEnvironmentAndNothingElse(t *testing.T) {
	i := newIssuer(t)
	i.clock.now = time.Now()
	for name, value := range map[string]string{
		"OIDC_ISSUER": i.URL, "OIDC_JWKS_URL": i.URL + "/keys", "OIDC_CLIENT_IDS": "another," + clientID, "OIDC_AUDIENCE": audience,
		"TENANT_CLAIM": "tenant", "GROUPS_CLAIM": "groups",
	} {
		t.Setenv(name, value)
	}
	v := oidc.FromEnv()
	if i.fetches.Load() != 0 {
		t.Error("the keys were fetched before the first token")
	}
	p := allow(t, v, "a token", signAs("at+jwt", i.standard(set{"tenant": "example", "groups": []string{"owner"}})))
	if want := (auth.Principal{Kind: api.Person, ID: "1b2c", Name: "ada@example.com", Tenant: "example", Role: api.Owner}); p != want {
		t.Errorf("%+v, want %+v", p, want)
	}
}

func TestFromEnvReadsAListOfClients(t *testing.T) {
	i := newIssuer(t)
	i.clock.now = time.Now()
	t.Setenv("OIDC_ISSUER", i.URL)
	t.Setenv("OIDC_JWKS_URL", i.URL+"/keys")
	t.Setenv("OIDC_CLIENT_IDS", clientID+","+otherID)
	v := oidc.FromEnv()
	token := func(client any) string { return sign(nil, i.cognito(set{"client_id": client})) }
	for _, client := range []any{"another", clientID + "," + otherID, clientID + ",", ",", "", without, []string{clientID}} {
		deny(t, v, fmt.Sprintf("client %q", client), token(client), problem.Unauthenticated, "")
	}
	allow(t, v, "the first client", token(clientID))
	allow(t, v, "the second client", token(otherID))

	t.Setenv("OIDC_CLIENT_IDS", "")
	t.Setenv("OIDC_AUDIENCE", audience)
	v = oidc.FromEnv()
	deny(t, v, "no client is configured, and the token has an empty one", token(""), problem.Unauthenticated, "another client")
	deny(t, v, "no client is configured, and the token has none", token(without), problem.Unauthenticated, "another client")
	allow(t, v, "audience alone", signAs("at+jwt", i.standard(nil)))
}

// The program under test is this test binary, run again.
func TestEmptyClientEndsTheProgram(t *testing.T) {
	if os.Getenv("ARXKEYS_TEST_CHILD") != "" {
		oidc.FromEnv()
		return
	}
	run := func(list string) (string, error) {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEmptyClientEndsTheProgram$")
		child.Env = append(os.Environ(), "OIDC_CLIENT_IDS="+list, "ARXKEYS_TEST_CHILD=1")
		out, err := child.CombinedOutput()
		return string(out), err
	}
	for _, list := range []string{",", "console,", ",console", "console,,other", "console, other", " ", "console,\tother"} {
		if out, err := run(list); err == nil || !strings.Contains(out, "OIDC_CLIENT_IDS") {
			t.Errorf("%q starts: %s", list, out)
		}
	}
	for _, list := range []string{"", "console", "console,other"} {
		if out, err := run(list); err != nil {
			t.Errorf("%q: %v: %s", list, err, out)
		}
	}
}

func FuzzVerify(f *testing.F) {
	i := newIssuer(f)
	v := i.verifier(func(c *oidc.Config) { c.Audience = audience })
	f.Add(sign(nil, i.cognito(nil)))
	f.Add(signAs("at+jwt", i.standard(nil)))
	f.Add(signWith(jose.ES256, ecKey, set{"kid": "ec"}, i.idToken(nil)))
	f.Add("e30.e30.")
	f.Fuzz(func(t *testing.T, token string) {
		p, err := v.Verify(context.Background(), token)
		if (err == nil) == (p == auth.Principal{}) {
			t.Errorf("principal %+v with error %v", p, err)
		}
	})
}
