package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// client reads public documents: those of providers, and the console itself.
var client = &http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// get returns the status and the body of a response.
func get(ctx context.Context, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, body, err
}

// provider is an OpenID Provider, as the console's config.json names it.
type provider struct {
	Provider              string `json:"provider,omitempty"` // cognito for a user pool
	Issuer                string `json:"issuer"`
	AuthorizationEndpoint string `json:"authorization_endpoint"`
	TokenEndpoint         string `json:"token_endpoint"`
	EndSessionEndpoint    string `json:"end_session_endpoint,omitempty"`
	RevocationEndpoint    string `json:"revocation_endpoint,omitempty"`
	ClientID              string `json:"client_id"`
	CommandLineClientID   string `json:"command_line_client_id,omitempty"`
	Scope                 string `json:"scope"`
}

// cognitoPool is the value of provider.Provider for user pools. Their sign-out is not that of OpenID Connect, and they do not
// know offline_access.
const cognitoPool = "cognito"

// userPool returns the user pool of the stack.
func userPool(outputs map[string]string) provider {
	at := outputs["SignInUrl"]
	return provider{
		Provider: cognitoPool, Issuer: outputs["UserPoolIssuer"], Scope: outputs["SignInScope"],
		ClientID: outputs["ConsoleClientId"], CommandLineClientID: outputs["CommandLineClientId"],
		AuthorizationEndpoint: at + "/oauth2/authorize", TokenEndpoint: at + "/oauth2/token",
		EndSessionEndpoint: at + "/logout", RevocationEndpoint: at + "/oauth2/revoke",
	}
}

// discovered is what a provider publishes about itself (OpenID Connect Discovery 1.0).
type discovered struct {
	provider
	JWKSURI string `json:"jwks_uri"`
}

// discover reads what the external provider publishes.
func discover(ctx context.Context, issuer string) (discovered, error) {
	at := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	status, body, err := get(ctx, at)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d", status)
	}
	var d discovered
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	switch {
	case err != nil:
		return d, fmt.Errorf("read %s of OidcIssuer: %w", at, err)
	case d.Issuer != issuer:
		return d, fmt.Errorf("%s says that the issuer is %q: set OidcIssuer to that", at, d.Issuer)
	case d.AuthorizationEndpoint == "" || d.TokenEndpoint == "" || d.JWKSURI == "":
		return d, fmt.Errorf("%s lacks an endpoint", at)
	}
	return d, nil
}

// signIn returns where people sign in to the stack.
func signIn(ctx context.Context, found *stack) (provider, error) {
	if found.ownPool() {
		return userPool(found.outputs), nil
	}
	d, err := discover(ctx, found.parameters["OidcIssuer"])
	if err != nil {
		return provider{}, err
	}
	return d.of(found), nil
}

// of returns the provider with the clients of the stack.
func (d discovered) of(found *stack) provider {
	p := d.provider
	scopes := strings.Fields(found.outputs["SignInScope"])
	if isUserPool(p.Issuer) {
		p.Provider = cognitoPool
		scopes = slices.DeleteFunc(scopes, func(s string) bool { return s == "offline_access" })
	}
	p.Scope = strings.Join(scopes, " ")
	clients := strings.Split(found.parameters["OidcClientIds"], ",")
	p.ClientID = clients[0]
	if len(clients) > 1 {
		p.CommandLineClientID = clients[1]
	}
	return p
}

// isUserPool reports whether the issuer is a user pool of Cognito, of another stack or account.
func isUserPool(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && strings.Contains(u.Hostname(), "cognito-idp") && (strings.HasSuffix(u.Hostname(), ".amazonaws.com") || strings.HasSuffix(u.Hostname(), ".amazonaws.com.cn"))
}
