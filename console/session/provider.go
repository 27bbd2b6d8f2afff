package session

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// configPath is the path of the deployment's configuration, which names the OpenID Provider.
const configPath = "/config.json"

// provider is the OpenID Provider of this deployment, as /config.json names it. It is public.
type provider struct {
	Provider              string `json:"provider"` // cognito for a user pool of Amazon Cognito, otherwise empty
	Issuer                string `json:"issuer"`
	AuthorizationEndpoint string `json:"authorization_endpoint"`
	TokenEndpoint         string `json:"token_endpoint"`
	EndSessionEndpoint    string `json:"end_session_endpoint"` // empty if the provider has none
	RevocationEndpoint    string `json:"revocation_endpoint"`  // empty if the provider has none
	ClientID              string `json:"client_id"`
	Scope                 string `json:"scope"`
}

// Region returns the AWS region of this deployment, as its user pool names it. It returns "" if people sign in
// elsewhere, or if the configuration has not been read yet.
func (s *Session) Region() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil || s.provider.Provider != cognito {
		return ""
	}
	host, _ := strings.CutPrefix(s.provider.Issuer, "https://cognito-idp.")
	if region, _, found := strings.Cut(host, ".amazonaws.com"); found {
		return region
	}
	return ""
}

// configure reads /config.json, once.
func (s *Session) configure(ctx context.Context) error {
	s.mu.Lock()
	known := s.provider != nil
	s.mu.Unlock()
	if known {
		return nil
	}
	answer, err := s.readConfig(ctx)
	if err != nil {
		return problem.Because(problem.Unavailable, err, "Arxkeys can’t be reached. Check the connection and try again.")
	}
	var p provider
	if answer.Status != 200 {
		err = fmt.Errorf("%s: status %d", configPath, answer.Status)
	} else if err = json.Unmarshal(answer.Body, &p); err == nil && (p.AuthorizationEndpoint == "" || p.TokenEndpoint == "" || p.ClientID == "") {
		err = fmt.Errorf("%s: lacks an endpoint or the client id", configPath)
	}
	if err != nil {
		return problem.Because(problem.Unavailable, err, "This deployment does not say where to sign in: "+configPath+" can’t be read.")
	}
	s.mu.Lock()
	s.provider = &p
	s.mu.Unlock()
	return nil
}

func (s *Session) readConfig(ctx context.Context) (client.Response, error) {
	return s.transport.Do(ctx, client.Request{Method: "GET", URL: s.tab.Origin() + configPath})
}

// cognito is the value of provider.Provider for Amazon Cognito.
const cognito = "cognito"

// signOut returns the URL of the provider's sign-out (OpenID Connect RP-Initiated Logout). Cognito has its
// own parameters, and is not sent the ID token, which it does not need. If the provider has no endpoint,
// signOut returns the console's own URL.
func (p provider) signOut(origin, idToken string) string {
	if p.EndSessionEndpoint == "" {
		return origin + "/"
	}
	if p.Provider == cognito {
		return with(p.EndSessionEndpoint, url.Values{"client_id": {p.ClientID}, "logout_uri": {origin + "/"}})
	}
	v := url.Values{"client_id": {p.ClientID}, "post_logout_redirect_uri": {origin + "/"}}
	if idToken != "" {
		v.Set("id_token_hint", idToken)
	}
	return with(p.EndSessionEndpoint, v)
}

func with(endpoint string, v url.Values) string {
	if strings.Contains(endpoint, "?") {
		return endpoint + "&" + v.Encode()
	}
	return endpoint + "?" + v.Encode()
}
