package oidc

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// claims is what a token says: the registered claims, and all by name. Names are compared exactly,
// and a name that comes twice makes the token unreadable.
type claims struct {
	jwt.Claims
	all map[string]any
}

// has reports whether the claim is there, be it null.
func (c claims) has(name string) bool {
	_, ok := c.all[name]
	return ok
}

// string returns the text of a claim, "" where it is absent or something else.
func (c claims) string(name string) string {
	text, _ := c.all[name].(string)
	return text
}

// checkShapes returns why a claim that is read has not its one shape. A claim that is absent passes;
// one that is null does not. What decides on the person, the groups and the tenant, has other answers: see principal.
func (c claims) checkShapes() error {
	for _, name := range []string{"iss", "sub", "token_use", "client_id", "azp", "email", "username", "cognito:username", "preferred_username"} {
		if _, ok := c.all[name].(string); c.has(name) && !ok {
			return refuse("The access token is malformed: the claim " + name + " has to be a string.")
		}
	}
	for _, name := range []string{"exp", "nbf", "iat"} {
		if _, ok := c.all[name].(float64); c.has(name) && !ok {
			return refuse("The access token is malformed: the claim " + name + " has to be a number.")
		}
	}
	return nil // aud is a text or a list of strings: jwt.Audience reads nothing else
}

const (
	maxSubjectChars = 255 // OpenID Connect Core, section 2
	maxNameChars    = 254 // of an e-mail address (RFC 5321)
)

// principal returns the person: the subject, with the role and the tenant that the token gives.
func (c Config) principal(claims claims) (auth.Principal, error) {
	if strings.TrimSpace(claims.Subject) == "" || len(claims.Subject) > maxSubjectChars || !isPrintable(claims.Subject) || accesskey.Contains(claims.Subject) {
		return auth.Principal{}, refuse("The access token names nobody (sub).")
	}
	role, ok := auth.HighestRole(groups(claims.all[c.GroupsClaim]))
	if !ok {
		return auth.Principal{}, problem.New(problem.Forbidden, "You have no role yet. Ask for one of the groups owner, admin, developer or verifier, then sign in again (claim "+c.GroupsClaim+", a list of strings).")
	}
	tenant, ok := c.tenant(claims)
	if !ok {
		return auth.Principal{}, problem.New(problem.Forbidden, "Your account names no organisation: the claim "+c.TenantClaim+" has to be 1 to 63 of a-z, 0-9 and the hyphen.")
	}
	return auth.Principal{Kind: api.Person, ID: claims.Subject, Name: name(claims), Tenant: tenant, Role: role}, nil
}

// tenant returns the one organisation that the person belongs to. A claim that is absent, or
// anything but one tenant's name, is none: nobody falls into "default" where tenants are told apart.
func (c Config) tenant(claims claims) (string, bool) {
	if c.TenantClaim == "" {
		return "default", true
	}
	tenant := claims.string(c.TenantClaim)
	return tenant, auth.ValidTenant(tenant)
}

// name returns what people call the person. It is for reading only: who it is, the subject says.
// An e-mail address that the provider does not call verified, where it says anything about that,
// could be anybody's. Verified is the boolean true (OpenID Connect Core, section 5.1).
func name(claims claims) string {
	email := claims.string("email")
	if verified, said := claims.all["email_verified"]; said && verified != true {
		email = ""
	}
	return cmp.Or(
		legible(email),
		legible(claims.string("username")),
		legible(claims.string("cognito:username")),
		legible(claims.string("preferred_username")),
		claims.Subject,
	)
}

// legible returns a text that can stand in a line of the activity, else "". Names are stored with
// what the person changes: one that contains an access key can't.
func legible(s string) string {
	if utf8.RuneCountInString(s) > maxNameChars || !isPrintable(s) || accesskey.Contains(s) {
		return ""
	}
	return strings.TrimSpace(s)
}

func isPrintable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// groups returns the groups of a claim: a list of strings. Any other value, and a list that holds
// anything else, is no list of groups: a single string with a space in it is not split.
func groups(claim any) []string {
	list, _ := claim.([]any)
	out := make([]string, len(list))
	for i, e := range list {
		text, ok := e.(string)
		if !ok {
			return nil
		}
		out[i] = text
	}
	return out
}
