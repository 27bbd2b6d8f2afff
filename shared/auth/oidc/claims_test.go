package oidc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/auth/oidc"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// values contains a value of every JSON type, and lists of them.
var values = map[string]any{
	"null": nil, "a boolean": true, "a number": 7, "a string": "owner", "a string with a space": "product owner", "a string with a comma": "staff,owner",
	"a list": []any{}, "a list of strings": []any{"owner"}, "a list of lists": []any{[]any{"owner"}}, "a list with a number": []any{"owner", 7},
	"a list with null": []any{nil, "owner"}, "a list with an object": []any{"owner", set{"name": "x"}}, "an object": set{"owner": true},
}

func TestClaimsHaveOneShape(t *testing.T) {
	i := newIssuer(t)
	tenants := i.verifier(func(c *oidc.Config) { c.Audience, c.TenantClaim = audience, "tenant" })
	cognito := func(change set) string { return sign(nil, i.cognito(merge(set{"tenant": "example"}, change))) }
	standard := func(change set) string {
		return signAs("at+jwt", i.standard(merge(set{"tenant": "example"}, change)))
	}
	texts := []string{"a string", "a string with a space", "a string with a comma"}
	for _, c := range []struct {
		claim  string
		token  func(set) string
		good   []string // of values; every other one is refused
		refuse problem.Code
	}{
		{"iss", cognito, nil, problem.Unauthenticated}, // the strings are other issuers
		{"sub", cognito, texts, problem.Unauthenticated},
		{"exp", cognito, nil, problem.Unauthenticated}, // the number is long ago
		{"nbf", cognito, []string{"a number"}, problem.Unauthenticated},
		{"iat", cognito, []string{"a number"}, problem.Unauthenticated},
		{"token_use", cognito, nil, problem.Unauthenticated},
		{"client_id", cognito, nil, problem.Unauthenticated},
		{"client_id", standard, texts, problem.Unauthenticated}, // the audience decides
		{"azp", standard, texts, problem.Unauthenticated},
		{"aud", cognito, []string{"a string", "a string with a space", "a string with a comma", "a list", "a list of strings"}, problem.Unauthenticated},
		{"aud", standard, nil, problem.Unauthenticated},
		{"email", cognito, texts, problem.Unauthenticated},
		{"username", cognito, texts, problem.Unauthenticated},
		{"cognito:username", cognito, texts, problem.Unauthenticated},
		{"preferred_username", cognito, texts, problem.Unauthenticated},
		{"tenant", cognito, []string{"a string"}, problem.Forbidden},
		{"cognito:groups", cognito, []string{"a list of strings"}, problem.Forbidden},
		{"cognito:groups", standard, []string{"a list of strings"}, problem.Forbidden},
	} {
		for kind, value := range values {
			name := c.claim + " is " + kind
			token := c.token(set{c.claim: value})
			if slices.Contains(c.good, kind) {
				allow(t, tenants, name, token)
			} else {
				deny(t, tenants, name, token, c.refuse, "")
			}
		}
	}
}

func TestRoleComesFromAListOfStringsAndNothingElse(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(nil)
	token := func(groups any) string { return sign(nil, i.cognito(set{"cognito:groups": groups})) }
	for _, groups := range []any{
		"owner", "product owner", "staff,owner", "owner,", " owner", `["owner"]`, "owner\nadmin", nil, true, 7, set{"owner": "owner"}, set{"0": "owner"},
		[]any{}, []any{"product owner"}, []any{"staff,owner"}, []any{"Owner"}, []any{" owner"}, []any{"owner "}, []any{"owner\x00"}, []any{"ｏwner"},
		[]any{"owner", nil}, []any{nil, "owner"}, []any{"owner", []any{"admin"}}, []any{set{"name": "owner"}}, []any{7, "verifier"},
	} {
		deny(t, v, fmt.Sprintf("%q", groups), token(groups), problem.Forbidden, "a list of strings")
	}
	for role, groups := range map[api.Role][]string{
		api.Owner: {"staff", "verifier", "owner"}, api.Admin: {"product owner", "admin"}, api.Developer: {"verifier", "developer"}, api.Verifier: {"verifier", "verifier"},
	} {
		if p := allow(t, v, string(role), token(groups)); p.Role != role {
			t.Errorf("%q give the role %q, want %q", groups, p.Role, role)
		}
	}
}

// A name is written to audit events. Somebody who enters another person's address must not appear there as
// that person.
func TestUnverifiedEmailIsNeverAName(t *testing.T) {
	i := newIssuer(t)
	pool, other := i.verifier(nil), i.verifier(withAudience)
	named := func(claims set, want string) {
		t.Helper()
		for kind, p := range map[string]auth.Principal{
			"Cognito":  allow(t, pool, "Cognito", sign(nil, i.cognito(claims))),
			"standard": allow(t, other, "standard", signAs("at+jwt", i.standard(claims))),
		} {
			if p.Name != want {
				t.Errorf("%s, %v: the name is %q, want %q", kind, claims, p.Name, want)
			}
		}
	}
	const address = "owner@example.com"
	for kind, value := range values {
		if kind != "a boolean" {
			named(set{"email": address, "email_verified": value, "username": "ada"}, "ada")
			named(set{"email": address, "email_verified": without, "xms_edov": value, "username": "ada"}, "ada")
		}
	}
	named(set{"email": address, "email_verified": false, "username": without}, "1b2c")
	named(set{"email": address, "email_verified": "True", "username": without}, "1b2c")
	named(set{"email": address, "email_verified": without, "username": "ada"}, "ada")
	named(set{"email": address, "email_verified": without, "Email_Verified": true, "username": "ada"}, "ada")

	// The address as user name.
	named(set{"email": without, "username": address}, "1b2c")
	named(set{"email": without, "username": address, "cognito:username": address, "preferred_username": address}, "1b2c")
	named(set{"email": without, "username": address, "preferred_username": "ada"}, "ada")
	named(set{"email": address, "email_verified": false, "username": address}, "1b2c")

	named(set{"email": address, "email_verified": true, "username": "ada"}, address)
	named(set{"email": address, "email_verified": "true", "username": "ada"}, address)
	named(set{"email": address, "xms_edov": true, "username": "ada"}, address)
	named(set{"email": address, "email_verified": true, "username": "mallory@evil.example"}, address)
}

// FuzzClaims signs the fuzzer's claims, so that they pass the signature check. It compares an accepted
// person with the payload, parsed in another way.
func FuzzClaims(f *testing.F) {
	i := newIssuer(f)
	v := i.verifier(func(c *oidc.Config) { c.Audience, c.TenantClaim = audience, "tenant" })
	signer := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: edKey}, (&jose.SignerOptions{}).WithHeader("kid", "ed")))
	f.Add(must(json.Marshal(i.standard(set{"tenant": "example"}))))
	f.Add(must(json.Marshal(i.idToken(nil))))
	for _, value := range values {
		for _, claim := range []string{"cognito:groups", "tenant", "sub", "email", "aud", "token_use", "exp"} {
			f.Add(must(json.Marshal(i.cognito(merge(set{"tenant": "example"}, set{claim: value})))))
		}
	}
	f.Add(must(json.Marshal(i.cognito(set{"tenant": "example"}))))
	f.Fuzz(func(t *testing.T, payload []byte) {
		p, err := v.Verify(context.Background(), must(must(signer.Sign(payload)).CompactSerialize()))
		if (err == nil) == (p == auth.Principal{}) {
			t.Errorf("principal %+v with error %v", p, err)
		}
		if err != nil {
			return
		}
		var said map[string]any
		if err := json.Unmarshal(payload, &said); err != nil {
			t.Fatalf("accepted, and unreadable: %v", err)
		}
		groups, _ := said["cognito:groups"].([]any)
		expiry, _ := said["exp"].(float64)
		if p.ID == "" || p.Name == "" || p.ID != said["sub"] || p.Tenant != said["tenant"] || !auth.ValidTenant(p.Tenant) ||
			!slices.Contains(groups, any(string(p.Role))) || said["iss"] != i.URL || expiry < float64(i.clock.Now().Unix()) {
			t.Errorf("%+v is accepted of %s", p, payload)
		}
	})
}
