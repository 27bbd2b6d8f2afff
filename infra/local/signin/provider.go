// Package signin is the OpenID Provider of a laptop: it signs in four people, without passwords.
//
// It replaces Amazon Cognito, or an organisation's own provider, and issues tokens in the shape of either. Its state
// is in the data directory, so that a restart signs nobody out.
package signin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/arxkeys/arxkeys/infra/local/loopback"
	"github.com/arxkeys/arxkeys/infra/local/private"
)

// The clients that the provider knows, all of them public: the console, and the command line, which listens at a fixed
// address for the browser's return, because Cognito compares redirect URIs exactly.
const (
	ClientID            = "arxkeys-console"
	CommandLineClientID = "arxkeys-command-line"
	CommandLineCallback = "http://127.0.0.1:8976/callback"
)

// Shape is the shape of the provider's tokens.
type Shape int

// The shapes.
const (
	// Cognito is Amazon Cognito's: the access token has token_use and client_id, and no aud.
	Cognito Shape = iota
	// Standard is RFC 9068's: the access token's header has typ at+jwt, and aud is the API.
	Standard
)

// Config configures the provider.
type Config struct {
	Issuer       string   // such as http://127.0.0.1:8080/oidc; the provider is mounted at its path
	DataDir      string   // the signing key and the sessions are in its folder signin
	RedirectURIs []string // the exact redirect URIs of the console; sign-out may also redirect to the start pages of their origins
	Shape        Shape
	Audience     string // the API's audience; required for Standard, unused for Cognito

	AccessTokenLife time.Duration    // 0 means 15 minutes
	Now             func() time.Time // the clock; nil means time.Now
}

// sessionLife is how long a session lasts, however often tokens are refreshed.
const sessionLife = 12 * time.Hour

// Provider is the OpenID Provider. It is an http.Handler for everything below its issuer.
type Provider struct {
	config   Config
	clients  []client
	arrivals *arrivals
	sessions *sessions
	tokens   *tokens
	handler  http.Handler
}

// New returns the provider. It reads its signing key and its sessions, and creates the key if there is none.
func New(c Config) (*Provider, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || issuer.Host == "" || issuer.RawQuery != "" || strings.HasSuffix(c.Issuer, "/") {
		return nil, fmt.Errorf("sign-in: the issuer %q must be a URL without a trailing slash", c.Issuer)
	}
	if c.Shape == Standard && c.Audience == "" {
		return nil, errors.New("sign-in: tokens in the standard shape need an audience")
	}
	c.AccessTokenLife = cmp.Or(c.AccessTokenLife, 15*time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}

	dir := filepath.Join(c.DataDir, "signin")
	keyFile, sessionsFile := filepath.Join(dir, "key.pem"), filepath.Join(dir, "sessions.json")
	for _, err := range []error{private.Folder(dir), private.Files(keyFile, sessionsFile)} {
		if err != nil {
			return nil, fmt.Errorf("sign-in: %w", err)
		}
	}
	key, err := loadKey(keyFile)
	if err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	sessions, err := loadSessions(sessionsFile, c.Now)
	if err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	tokens, err := newTokens(c, key)
	if err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}

	p := &Provider{config: c, clients: clients(c), arrivals: newArrivals(c.Now), sessions: sessions, tokens: tokens}
	mux := http.NewServeMux()
	mux.Handle("/", op.RegisterServer(server{Provider: p}, routes, op.WithServerCORSOptions(nil))) // the console is of the same origin
	mux.HandleFunc("/sign-in", p.signIn)
	mux.Handle("/sign-in/", http.StripPrefix("/sign-in", http.HandlerFunc(servePageFile)))
	p.handler = http.StripPrefix(issuer.Path, mux)
	return p, nil
}

// ServeHTTP serves the provider. Its responses are not cached, and its URLs are never sent as referrer, because they
// contain codes. Requests from pages of other origins, and links from them, are refused, so that no page can flood it
// with authorization requests.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if loopback.FromOtherOrigin(r) {
		http.Error(w, "Pages of other origins cannot sign anyone in or out. Open the console.", http.StatusForbidden)
		return
	}
	p.handler.ServeHTTP(w, r)
}

// AccessToken returns an access token for one of the people, as if they had signed in just now.
func (p *Provider) AccessToken(_ context.Context, email string) (string, error) {
	person, ok := find(email)
	if !ok {
		return "", fmt.Errorf("sign-in: there is no person %s", email)
	}
	return p.tokens.access(entrance{Person: person, Client: ClientID, At: p.config.Now(), Scopes: []string{"openid", "email"}})
}

// Addresses are the URLs of the provider's endpoints.
type Addresses struct {
	Authorization string
	Token         string
	EndSession    string
	Revocation    string
	JWKS          string
}

// Endpoints returns the endpoints of the provider with this issuer.
func Endpoints(issuer string) Addresses {
	return Addresses{
		Authorization: routes.Authorization.Absolute(issuer),
		Token:         routes.Token.Absolute(issuer),
		EndSession:    routes.EndSession.Absolute(issuer),
		Revocation:    routes.Revocation.Absolute(issuer),
		JWKS:          routes.JwksURI.Absolute(issuer),
	}
}

// routes are the paths below the issuer. The keys have the same path as Cognito's.
var routes = op.Endpoints{
	Authorization: op.NewEndpoint("authorize"),
	Token:         op.NewEndpoint("token"),
	Revocation:    op.NewEndpoint("revoke"),
	EndSession:    op.NewEndpoint("logout"),
	JwksURI:       op.NewEndpoint(".well-known/jwks.json"),
}
