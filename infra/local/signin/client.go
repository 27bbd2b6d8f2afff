package signin

import (
	"net/url"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// client is the console, in the form that the library needs: a public client in a browser, which has no secret and uses
// PKCE.
type client struct{ redirectURIs []string }

func (client) GetID() string                        { return ClientID }
func (c client) RedirectURIs() []string             { return c.redirectURIs }
func (client) ApplicationType() op.ApplicationType  { return op.ApplicationTypeUserAgent } // redirect URIs match exactly, port and all
func (client) DevMode() bool                        { return true }                        // http is allowed: it is a laptop
func (client) AuthMethod() oidc.AuthMethod          { return oidc.AuthMethodNone }
func (client) ResponseTypes() []oidc.ResponseType   { return []oidc.ResponseType{oidc.ResponseTypeCode} }
func (client) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (client) IsScopeAllowed(string) bool           { return false } // beyond OpenID Connect's own
func (client) ClockSkew() time.Duration             { return 0 }
func (client) IDTokenLifetime() time.Duration       { return 0 } // this and the rest are for features that we do not use
func (client) IDTokenUserinfoClaimsAssertion() bool { return false }
func (client) LoginURL(string) string               { return "" }

func (client) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken}
}

func (client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

func (client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

// PostLogoutRedirectURIs returns where a sign-out may redirect to: the redirect URIs, and the start pages of their
// origins.
func (c client) PostLogoutRedirectURIs() []string {
	uris := slices.Clone(c.redirectURIs)
	for _, uri := range c.redirectURIs {
		if origin, ok := origin(uri); ok {
			uris = append(uris, origin, origin+"/")
		}
	}
	return uris
}

// origin returns the scheme and host of an address.
func origin(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}
