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

// claims are the claims of a token: the registered ones, and all by name. Names are case-sensitive, and a
// repeated name makes the token invalid.
type claims struct {
	jwt.Claims
	all map[string]any
}

// has reports whether the claim is present, possibly null.
func (c claims) has(name string) bool {
	_, ok := c.all[name]
	return ok
}

// string returns a claim that is a string, or "".
func (c claims) string(name string) string {
	text, _ := c.all[name].(string)
	return text
}

// checkShapes returns an error if a claim has the wrong type. An absent claim passes, a null one does not.
// The claims for groups and tenant are checked by principal, with other errors.
func (c claims) checkShapes() error {
	for _, name := range []string{"iss", "sub", "token_use", "client_id", "azp", "email", "username", "cognito:username", "preferred_username"} {
		if _, ok := c.all[name].(string); c.has(name) && !ok {
			return refuse("The access token is malformed: the claim " + name + " must be a string.")
		}
	}
	for _, name := range []string{"exp", "nbf", "iat"} {
		if _, ok := c.all[name].(float64); c.has(name) && !ok {
			return refuse("The access token is malformed: the claim " + name + " must be a number.")
		}
	}
	return nil // jwt.Audience accepts only a string or a list of strings
}

const (
	maxSubjectChars = 255 // OpenID Connect Core, section 2
	maxNameChars    = 254 // of an e-mail address (RFC 5321)
)

// principal returns the person that the token identifies, with the role and the tenant.
func (c Config) principal(claims claims) (auth.Principal, error) {
	if strings.TrimSpace(claims.Subject) == "" || len(claims.Subject) > maxSubjectChars || !isPrintable(claims.Subject) || accesskey.Contains(claims.Subject) {
		return auth.Principal{}, refuse("The access token has no valid subject (sub).")
	}
	role, ok := auth.HighestRole(groups(claims.all[c.GroupsClaim]))
	if !ok {
		return auth.Principal{}, problem.New(problem.Forbidden, "You have no role yet. Ask for one of the groups owner, admin, developer or verifier, then sign in again (claim "+c.GroupsClaim+", a list of strings).")
	}
	tenant, ok := c.tenant(claims)
	if !ok {
		return auth.Principal{}, problem.New(problem.Forbidden, "Your account has no organisation: the claim "+c.TenantClaim+" must be 1 to 63 characters of a-z, 0-9 and -.")
	}
	return auth.Principal{Kind: api.Person, ID: claims.Subject, Name: name(claims), Tenant: tenant, Role: role}, nil
}

// tenant returns the person's tenant. It fails if the claim is absent or not a valid tenant, so that nobody
// gets the tenant "default" in a deployment with several tenants.
func (c Config) tenant(claims claims) (string, bool) {
	if c.TenantClaim == "" {
		return "default", true
	}
	tenant := claims.string(c.TenantClaim)
	return tenant, auth.ValidTenant(tenant)
}

// name returns the person's display name: the verified e-mail address, or else a user name, or else the
// subject. It is not an identity; the subject is.
//
// An e-mail address that the provider has not verified could be anyone's, and would appear in audit events as
// the person who acted. So it is not used, and neither is a user name that looks like one: several providers
// use the address as user name, verified or not.
func name(claims claims) string {
	email := claims.string("email")
	if !affirmed(claims.all["email_verified"]) && !affirmed(claims.all["xms_edov"]) {
		email = ""
	}
	return cmp.Or(
		legible(email),
		userName(claims.string("username")),
		userName(claims.string("cognito:username")),
		userName(claims.string("preferred_username")),
		claims.Subject,
	)
}

// affirmed reports whether a claim says that the e-mail address is verified: email_verified (OpenID Connect
// Core, section 5.1), or xms_edov, by which Entra ID says that the owner of the domain has verified it. Both
// are booleans; Cognito writes some of its booleans as strings.
func affirmed(claim any) bool { return claim == true || claim == "true" }

// userName returns a user name that can be displayed and does not look like an e-mail address, or "".
func userName(s string) string {
	if strings.Contains(s, "@") {
		return ""
	}
	return legible(s)
}

// legible returns a text that can be displayed, or "". Names are stored in audit events, so a name must not
// contain an access key.
func legible(s string) string {
	if utf8.RuneCountInString(s) > maxNameChars || !isPrintable(s) || accesskey.Contains(s) {
		return ""
	}
	return strings.TrimSpace(s)
}

func isPrintable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// groups returns the groups in a claim, which must be a list of strings. It returns none for any other
// value, and does not split strings at spaces.
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
