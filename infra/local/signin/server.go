package signin

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// server handles the requests that the library has parsed. It implements only what the clients need: authorization
// code with PKCE, refresh, revocation and sign-out. The library refuses the rest.
type server struct {
	op.UnimplementedServer
	*Provider
}

// Discovery returns the provider's metadata (OpenID Connect Discovery, section 3).
func (s server) Discovery(context.Context, *op.Request[struct{}]) (*op.Response, error) {
	at := Endpoints(s.config.Issuer)
	return op.NewResponse(&oidc.DiscoveryConfiguration{
		Issuer:                            s.config.Issuer,
		AuthorizationEndpoint:             at.Authorization,
		TokenEndpoint:                     at.Token,
		RevocationEndpoint:                at.Revocation,
		EndSessionEndpoint:                at.EndSession,
		JwksURI:                           at.JWKS,
		ScopesSupported:                   []string{oidc.ScopeOpenID, oidc.ScopeEmail, oidc.ScopeProfile, oidc.ScopeOfflineAccess},
		ResponseTypesSupported:            []string{string(oidc.ResponseTypeCode)},
		ResponseModesSupported:            []string{string(oidc.ResponseModeQuery)},
		GrantTypesSupported:               client{}.GrantTypes(),
		SubjectTypesSupported:             []string{"public"},
		IDTokenSigningAlgValuesSupported:  []string{s.tokens.key.Algorithm},
		TokenEndpointAuthMethodsSupported: []oidc.AuthMethod{oidc.AuthMethodNone},
		RevocationEndpointAuthMethodsSupported: []oidc.AuthMethod{
			oidc.AuthMethodNone,
		},
		ClaimsSupported:               []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "email", "email_verified", tenantClaim, groupsClaim},
		CodeChallengeMethodsSupported: []oidc.CodeChallengeMethod{oidc.CodeChallengeMethodS256},
	}), nil
}

// Keys returns the keys that verify the tokens.
func (s server) Keys(context.Context, *op.Request[struct{}]) (*op.Response, error) {
	return op.NewResponse(s.tokens.public()), nil
}

// VerifyAuthRequest accepts the known clients only. Until the library has checked the redirect URI, errors are shown to the
// person and not sent to that URI.
func (s server) VerifyAuthRequest(_ context.Context, r *op.Request[oidc.AuthRequest]) (*op.ClientRequest[oidc.AuthRequest], error) {
	c, ok := s.client(r.Data.ClientID)
	if !ok {
		return nil, oidc.ErrInvalidClient().WithDescription("There is no such client. The console is " + ClientID + ".")
	}
	return &op.ClientRequest[oidc.AuthRequest]{Request: r, Client: c}, nil
}

// Authorize redirects the person to the sign-in page.
func (s server) Authorize(_ context.Context, r *op.ClientRequest[oidc.AuthRequest]) (*op.Redirect, error) {
	if err := check(r.Data); err != nil {
		return nil, err
	}
	id := s.arrivals.wait(*r.Data)
	return op.NewRedirect(s.config.Issuer + "/sign-in?" + url.Values{"request": {id}}.Encode()), nil
}

// check returns an error if an authorization request is refused.
func check(r *oidc.AuthRequest) error {
	challenge, err := base64.RawURLEncoding.DecodeString(r.CodeChallenge)
	switch {
	case r.RequestParam != "":
		return oidc.ErrRequestNotSupported()
	case r.ResponseMode != "" && r.ResponseMode != oidc.ResponseModeQuery:
		return oidc.ErrInvalidRequest().WithDescription("The response_mode must be query.")
	case r.CodeChallenge == "":
		return oidc.ErrInvalidRequest().WithDescription("PKCE is required: send a code_challenge.")
	case r.CodeChallengeMethod != oidc.CodeChallengeMethodS256: // an empty one would mean plain
		return oidc.ErrInvalidRequest().WithDescription("The code_challenge_method must be S256.")
	case err != nil || len(challenge) != 32:
		return oidc.ErrInvalidRequest().WithDescription("The code_challenge must be the SHA-256 of the verifier in base64url without padding.")
	case !slices.Contains(r.Scopes, oidc.ScopeOpenID):
		return oidc.ErrInvalidScope().WithDescription("The scope must contain openid.")
	case slices.Contains(r.Prompt, oidc.PromptNone): // the provider has no session of its own
		return oidc.ErrLoginRequired().WithDescription("Interaction with the person is required.")
	}
	return nil
}

// VerifyClient accepts the known clients only, without a secret.
func (s server) VerifyClient(_ context.Context, r *op.Request[op.ClientCredentials]) (op.Client, error) {
	c, ok := s.client(r.Data.ClientID)
	if !ok || r.Data.ClientSecret != "" || r.Data.ClientAssertion != "" {
		return nil, oidc.ErrInvalidClient().WithDescription("There is no such client without a secret. The console is " + ClientID + ".")
	}
	return c, nil
}

// CodeExchange begins a session.
func (s server) CodeExchange(_ context.Context, r *op.ClientRequest[oidc.AccessTokenRequest]) (*op.Response, error) {
	c, replayed, ok := s.arrivals.spend(r.Data.Code)
	if replayed {
		if err := s.sessions.end(c.session); err != nil {
			return nil, err
		}
	}
	switch {
	case !ok:
		return nil, oidc.ErrInvalidGrant().WithDescription("The code is unknown or has expired.")
	case replayed:
		return nil, oidc.ErrInvalidGrant().WithDescription("The code was used before.")
	case r.Client.GetID() != c.request.ClientID:
		return nil, oidc.ErrInvalidGrant().WithDescription("The code was issued to another client.")
	case r.Data.RedirectURI != c.request.RedirectURI:
		return nil, oidc.ErrInvalidGrant().WithDescription("The redirect_uri is not the one that the code was sent to.")
	case !verifies(r.Data.CodeVerifier, c.request):
		return nil, oidc.ErrInvalidGrant().WithDescription("The code_verifier does not match the code_challenge.")
	}
	id, refreshToken, err := s.sessions.begin(c.entrance)
	if err != nil {
		return nil, err
	}
	s.arrivals.exchanged(r.Data.Code, id)
	c.entrance.Session = id
	return s.answer(c.entrance, refreshToken)
}

// verifies reports whether the verifier matches the challenge (RFC 7636, section 4.6).
func verifies(verifier string, r oidc.AuthRequest) bool {
	return oidc.VerifyCodeChallenge(&oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}, verifier)
}

// RefreshToken continues a session.
func (s server) RefreshToken(_ context.Context, r *op.ClientRequest[oidc.RefreshTokenRequest]) (*op.Response, error) {
	id, session, next, err := s.sessions.rotate(r.Client.GetID(), r.Data.RefreshToken)
	switch {
	case errors.Is(err, errNoSession):
		return nil, oidc.ErrInvalidGrant().WithDescription("The session has ended. Sign in again.")
	case errors.Is(err, errReused):
		return nil, oidc.ErrInvalidGrant().WithDescription("The refresh token was used before, so the session has ended. Sign in again.").WithParent(err)
	case err != nil:
		return nil, err
	}
	person, ok := findSubject(session.Subject)
	if !ok {
		return nil, oidc.ErrInvalidGrant().WithDescription("The person no longer exists.")
	}
	return s.answer(entrance{Person: person, Client: session.Client, Session: id, Scopes: session.Scopes, At: session.At}, next)
}

// answer returns the tokens of a session. There is always a refresh token, because Cognito does not know the scope
// offline_access.
func (s server) answer(e entrance, refreshToken string) (*op.Response, error) {
	accessToken, err := s.tokens.access(e)
	if err != nil {
		return nil, err
	}
	idToken, err := s.tokens.id(e, accessToken)
	if err != nil {
		return nil, err
	}
	return op.NewResponse(&oidc.AccessTokenResponse{
		AccessToken:  accessToken,
		TokenType:    oidc.BearerToken,
		RefreshToken: refreshToken,
		ExpiresIn:    uint64(s.config.AccessTokenLife.Seconds()),
		IDToken:      idToken,
		Scope:        e.Scopes,
	}), nil
}

// Revocation ends the session of a refresh token. An unknown token is not an error (RFC 7009, section 2.2).
func (s server) Revocation(_ context.Context, r *op.ClientRequest[oidc.RevocationRequest]) (*op.Response, error) {
	id, _, _ := strings.Cut(r.Data.Token, ".")
	if err := s.sessions.end(id); err != nil {
		return nil, err
	}
	return op.NewResponse(struct{}{}), nil
}

// EndSession redirects the person after a sign-out, as the provider of the configured shape does.
func (s server) EndSession(_ context.Context, r *op.Request[oidc.EndSessionRequest]) (*op.Redirect, error) {
	if s.config.Shape == Cognito {
		return s.endCognito(r)
	}
	return s.endStandard(r)
}

// endCognito is Cognito's /logout: it needs the client and its logout_uri, and knows neither the ID token nor
// post_logout_redirect_uri. It ends the browser's session with the provider, which this provider does not have; the
// refresh token stays valid until it is revoked.
func (s server) endCognito(r *op.Request[oidc.EndSessionRequest]) (*op.Redirect, error) {
	c, ok := s.client(r.Form.Get("client_id"))
	onwards := r.Form.Get("logout_uri")
	switch {
	case !ok:
		return nil, oidc.ErrInvalidRequest().WithDescription("The client_id is missing or unknown.")
	case !slices.Contains(c.logoutURIs, onwards):
		return nil, oidc.ErrInvalidRequest().WithDescription("The logout_uri is missing, or not one of the client's.")
	}
	return op.NewRedirect(onwards), nil
}

// endStandard ends the session of the ID token (OpenID Connect RP-Initiated Logout). Without an ID token, no session
// ends.
func (s server) endStandard(r *op.Request[oidc.EndSessionRequest]) (*op.Redirect, error) {
	onwards := cmp.Or(r.Data.PostLogoutRedirectURI, s.startPage())
	if !slices.ContainsFunc(s.clients, func(c client) bool { return slices.Contains(c.logoutURIs, onwards) }) {
		return nil, oidc.ErrInvalidRequest().WithDescription("The post_logout_redirect_uri is not one of the console's.")
	}
	if id, ok := s.tokens.session(r.Data.IdTokenHint); ok {
		if err := s.sessions.end(id); err != nil {
			return nil, err
		}
	}
	if r.Data.State != "" {
		onwards = with(onwards, url.Values{"state": {r.Data.State}})
	}
	return op.NewRedirect(onwards), nil
}

// startPage returns the start page of the provider's origin.
func (p *Provider) startPage() string {
	origin, _ := origin(p.config.Issuer) // New has parsed it
	return origin + "/"
}

// with returns the address with additional query parameters.
func with(address string, more url.Values) string {
	u, err := url.Parse(address)
	if err != nil { // cannot happen: it is one of the console's addresses
		return address
	}
	q := u.Query()
	for name, values := range more {
		q[name] = values
	}
	u.RawQuery = q.Encode()
	return u.String()
}
