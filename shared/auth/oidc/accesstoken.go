package oidc

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// requireAccessToken returns why a token of our issuer is not an access token for this API.
//
// An ID token is signed by the same key, identifies the same person and is stored in more places. Accepting
// it as an access token would mean to accept what every client of the provider receives. Three kinds of
// access tokens are accepted, and each token is checked by exactly one rule:
//
//   - Cognito: it has token_use, which must be "access", with one of our clients in client_id.
//   - RFC 9068: its header has typ at+jwt. It must be for our audience or, if none is configured, from one
//     of our clients.
//   - Neither: it must be for the configured audience and not for one of our clients, because an ID token
//     is always for its client (OpenID Connect Core, section 2). Both must be configured.
//
// A token with token_use, and every token of a Cognito issuer, is checked by Cognito's rule, so that no
// other header or audience can bypass it.
func (c Config) requireAccessToken(header jose.Header, claims claims) error {
	if err := refuseForeignMarks(claims); err != nil {
		return err
	}
	typ := mediaType(header)
	switch {
	case claims.has("token_use") || isCognito(c.Issuer):
		return c.requireCognito(claims)
	case typ == "at+jwt":
		return c.requireRFC9068(claims)
	case typ == "" || typ == "jwt":
		return c.requireAudience(claims)
	default:
		return refuse("The token's type is not that of an access token.")
	}
}

func (c Config) requireCognito(claims claims) error {
	switch {
	case claims.string("token_use") != "access":
		return refuse("This is not an access token (token_use). Send the access token, not the ID token.")
	case !c.isOurs(claims.string("client_id")):
		return refuse("The access token was issued to another client.")
	case c.isForAClient(claims): // an access token of Cognito never is
		return refuse("This token is for the client, as ID tokens are. Send the access token.")
	}
	return nil
}

func (c Config) requireRFC9068(claims claims) error {
	if c.Audience != "" {
		if !claims.Audience.Contains(c.Audience) {
			return refuse("The access token is for another audience.")
		}
		return nil
	}
	client := claims.string("client_id")
	if !claims.has("client_id") {
		client = claims.string("azp")
	}
	if !c.isOurs(client) {
		return refuse("The access token was issued to another client.")
	}
	return nil
}

func (c Config) requireAudience(claims claims) error {
	switch {
	case c.isForAClient(claims):
		return refuse("This token is for the client, as ID tokens are. Send the access token.")
	case c.Audience == "" || len(c.ClientIDs) == 0 || c.isOurs(c.Audience): // the audience may be another client's id
		return refuse("Nothing marks this token as an access token: no token_use, no typ at+jwt, no audience of this API.")
	case !claims.Audience.Contains(c.Audience):
		return refuse("The access token is for another audience.")
	}
	return nil
}

// isOurs reports whether the text is the id of one of our clients. An empty one is not.
func (c Config) isOurs(client string) bool { return slices.Contains(c.ClientIDs, client) }

// isForAClient reports whether one of our clients is an audience of the token, as in ID tokens.
func (c Config) isForAClient(claims claims) bool {
	return slices.ContainsFunc(c.ClientIDs, claims.Audience.Contains)
}

// refuseForeignMarks rejects tokens that identify themselves as another kind of token, and those that
// require a proof of possession, which this API does not check.
func refuseForeignMarks(claims claims) error {
	switch {
	case claims.has("at_hash") || claims.has("c_hash"): // only an ID token has them
		return refuse("This is an ID token. Send the access token.")
	case claims.has("events"): // a logout or security event token (RFC 8417)
		return refuse("This is an event token. Send the access token.")
	case claims.has("cnf"): // bound to a key of its holder (RFC 7800)
		return refuse("The access token is bound to a key, which this API does not check. Ask for a bearer token.")
	}
	return nil
}

// mediaType returns the header's typ in lower case and without application/ (RFC 7515, section 4.1.9), or
// "" if there is none.
func mediaType(header jose.Header) string {
	typ, present := header.ExtraHeaders[jose.HeaderType]
	if !present {
		return ""
	}
	text, _ := typ.(string)
	return cmp.Or(strings.TrimPrefix(strings.ToLower(text), "application/"), "unknown")
}

// isCognito reports whether the issuer is a user pool of Amazon Cognito.
func isCognito(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return strings.Contains(host, "cognito-idp") &&
		(strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn"))
}
