package oidc

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// requireAccessToken answers why a token of our issuer is no access token for this API.
//
// An ID token is signed by the same key, names the same person and lives in more places: whoever
// took it for an access token would accept what every client of the provider is handed. Three
// shapes are accepted, and each token is judged by exactly one:
//
//   - Cognito's, which says token_use. It has to be "access", with our client_id.
//   - RFC 9068, whose header says typ at+jwt. It has to be for our audience or, where none is
//     configured, from our client.
//   - Without either mark, a token for the configured audience, and not for our client: an ID token
//     is always for its client (OpenID Connect Core, section 2). So both have to be configured.
//
// A token that says token_use is judged by Cognito's rule whatever else it says, and so is every
// token of a Cognito issuer: no header and no audience talks a token out of it.
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
	case c.ClientID == "" || claims.string("client_id") != c.ClientID:
		return refuse("The access token was issued to another client.")
	case claims.Audience.Contains(c.ClientID): // which an access token of Cognito's never is
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
	if client != c.ClientID {
		return refuse("The access token was issued to another client.")
	}
	return nil
}

func (c Config) requireAudience(claims claims) error {
	switch {
	case c.ClientID != "" && claims.Audience.Contains(c.ClientID):
		return refuse("This token is for the client, as ID tokens are. Send the access token.")
	case c.Audience == "" || c.ClientID == "" || c.Audience == c.ClientID: // the audience may be a client's id
		return refuse("Nothing marks this token as an access token: no token_use, no typ at+jwt, no audience of this API.")
	case !claims.Audience.Contains(c.Audience):
		return refuse("The access token is for another audience.")
	}
	return nil
}

// refuseForeignMarks refuses tokens that say of themselves that they are something else, or that
// they are worth nothing without a proof that we don't ask for.
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

// mediaType returns the header's typ, in lower case and without application/ (RFC 7515, section
// 4.1.9); "" only where there is none.
func mediaType(header jose.Header) string {
	typ, present := header.ExtraHeaders[jose.HeaderType]
	if !present {
		return ""
	}
	text, _ := typ.(string)
	return cmp.Or(strings.TrimPrefix(strings.ToLower(text), "application/"), "unknown")
}

// isCognito reports whether an issuer is a user pool of Amazon Cognito.
func isCognito(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return strings.Contains(host, "cognito-idp") &&
		(strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn"))
}
