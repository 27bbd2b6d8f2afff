package signin

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// server handles the requests that the library has parsed. It implements only what the console needs: authorization
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
		GrantTypesSupported:               s.client.GrantTypes(),
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

// VerifyAuthRequest accepts the console only. Until the library has checked the redirect URI, errors are shown to the
// person and not sent to that URI.
func (s server) VerifyAuthRequest(_ context.Context, r *op.Request[oidc.AuthRequest]) (*op.ClientRequest[oidc.AuthRequest], error) {
	if r.Data.ClientID != ClientID {
		return nil, oidc.ErrInvalidClient().WithDescription("The client_id must be " + ClientID + ".")
	}
	return &op.ClientRequest[oidc.AuthRequest]{Request: r, Client: s.client}, nil
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

// VerifyClient accepts the console only, without a secret.
func (s server) VerifyClient(_ context.Context, r *op.Request[op.ClientCredentials]) (op.Client, error) {
	if r.Data.ClientID != ClientID || r.Data.ClientSecret != "" || r.Data.ClientAssertion != "" {
		return nil, oidc.ErrInvalidClient().WithDescription("The client is " + ClientID + ", and has no secret.")
	}
	return s.client, nil
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
	id, session, next, err := s.sessions.rotate(r.Data.RefreshToken)
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
	return s.answer(entrance{Person: person, Session: id, Scopes: session.Scopes, At: session.At}, next)
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

// EndSession ends the session of the ID token, and redirects the person (OpenID Connect RP-Initiated Logout). Cognito
// calls the redirect parameter logout_uri.
func (s server) EndSession(_ context.Context, r *op.Request[oidc.EndSessionRequest]) (*op.Redirect, error) {
	onwards := r.Data.PostLogoutRedirectURI
	if onwards == "" {
		onwards = r.Form.Get("logout_uri")
	}
	if onwards == "" {
		onwards = s.startPage()
	} else if !slices.Contains(s.client.PostLogoutRedirectURIs(), onwards) {
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
