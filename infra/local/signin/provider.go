// Package signin is the OpenID Provider of a laptop: it signs in four people, without passwords.
//
// It stands where Amazon Cognito, or an organisation's own provider, stands in a deployment, and
// issues tokens in the shape of either. What it knows lives under the data directory, so that a
// restart signs nobody out.
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

// ClientID is the one client that the provider knows: the console, a public client.
const ClientID = "arxkeys-console"

// Shape is whose tokens the provider's look like.
type Shape int

// The shapes.
const (
	// Cognito is Amazon Cognito's: the access token says token_use and client_id, and has no aud.
	Cognito Shape = iota
	// Standard is RFC 9068's: the access token's header says typ at+jwt, and aud is the API.
	Standard
)

// Config says what the provider is.
type Config struct {
	Issuer       string   // such as http://127.0.0.1:8080/oidc; its path is where the provider is mounted
	DataDir      string   // where the signing key and the sessions are kept, in a folder signin
	RedirectURIs []string // where a code may be sent to, exactly; sign-out may lead to their origins' start pages
	Shape        Shape
	Audience     string // the API's name in aud; Standard needs one, Cognito has none

	AccessTokenLife time.Duration    // 0 means 15 minutes
	Now             func() time.Time // the clock; nil means time.Now
}

// sessionLife is how long somebody stays signed in, however often tokens are refreshed.
const sessionLife = 12 * time.Hour

// Provider is the OpenID Provider. It is an http.Handler for everything below its issuer.
type Provider struct {
	config   Config
	client   client
	arrivals *arrivals
	sessions *sessions
	tokens   *tokens
	handler  http.Handler
}

// New returns the provider. It reads its key and its sessions, and makes the key where there is
// none.
func New(c Config) (*Provider, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || issuer.Host == "" || issuer.RawQuery != "" || strings.HasSuffix(c.Issuer, "/") {
		return nil, fmt.Errorf("sign-in: %q is no issuer: it takes a URL without a slash at its end", c.Issuer)
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

	p := &Provider{config: c, client: client{c.RedirectURIs}, arrivals: newArrivals(c.Now), sessions: sessions, tokens: tokens}
	mux := http.NewServeMux()
	mux.Handle("/", op.RegisterServer(server{Provider: p}, routes, op.WithServerCORSOptions(nil))) // the console is of the same origin
	mux.HandleFunc("/sign-in", p.signIn)
	mux.Handle("/sign-in/", http.StripPrefix("/sign-in", http.HandlerFunc(servePageFile)))
	p.handler = http.StripPrefix(issuer.Path, mux)
	return p, nil
}

// ServeHTTP serves the provider. Nothing that it answers is kept by anybody, and no address of it
// is told to where its links lead: they hold codes. Requests from pages of other origins are refused,
// and links to it, too: so no page can fill it with requests to sign in.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if loopback.FromOtherOrigin(r) {
		http.Error(w, "Pages of other origins can't sign anybody in or out. Open the console.", http.StatusForbidden)
		return
	}
	p.handler.ServeHTTP(w, r)
}

// AccessToken returns an access token for one of the people, as if they had signed in just now.
func (p *Provider) AccessToken(_ context.Context, email string) (string, error) {
	person, ok := find(email)
	if !ok {
		return "", fmt.Errorf("sign-in: nobody here is %s", email)
	}
	return p.tokens.access(entrance{Person: person, At: p.config.Now(), Scopes: []string{"openid", "email"}})
}

// Addresses are where the provider's endpoints are.
type Addresses struct {
	Authorization string
	Token         string
	EndSession    string
	Revocation    string
	JWKS          string
}

// Endpoints returns the addresses of the provider with the issuer.
func Endpoints(issuer string) Addresses {
	return Addresses{
		Authorization: routes.Authorization.Absolute(issuer),
		Token:         routes.Token.Absolute(issuer),
		EndSession:    routes.EndSession.Absolute(issuer),
		Revocation:    routes.Revocation.Absolute(issuer),
		JWKS:          routes.JwksURI.Absolute(issuer),
	}
}

// routes are the addresses below the issuer. The keys are where Cognito has them.
var routes = op.Endpoints{
	Authorization: op.NewEndpoint("authorize"),
	Token:         op.NewEndpoint("token"),
	Revocation:    op.NewEndpoint("revoke"),
	EndSession:    op.NewEndpoint("logout"),
	JwksURI:       op.NewEndpoint(".well-known/jwks.json"),
}
