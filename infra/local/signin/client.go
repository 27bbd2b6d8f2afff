package signin

import (
	"net/url"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// client is a client in the form that the library needs: a public one, which has no secret and uses PKCE.
type client struct {
	id           string
	redirectURIs []string
	logoutURIs   []string // where a sign-out may redirect to
}

// clients returns the console and the command line. The command line has no page to return to after a sign-out.
func clients(c Config) []client {
	return []client{
		{ClientID, c.RedirectURIs, logoutURIs(c.RedirectURIs)},
		{CommandLineClientID, []string{CommandLineCallback}, nil},
	}
}

// client returns the client with the id.
func (p *Provider) client(id string) (client, bool) {
	i := slices.IndexFunc(p.clients, func(c client) bool { return c.id == id })
	if i < 0 {
		return client{}, false
	}
	return p.clients[i], true
}

func (c client) GetID() string                      { return c.id }
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

// PostLogoutRedirectURIs returns where a sign-out may redirect to.
func (c client) PostLogoutRedirectURIs() []string { return c.logoutURIs }

// logoutURIs returns the redirect URIs, and the start pages of their origins.
func logoutURIs(redirectURIs []string) []string {
	uris := slices.Clone(redirectURIs)
	for _, uri := range redirectURIs {
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
