package signin_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/shared/auth/oidc"
)

const audience = "https://api.example.com"

// laptop is a provider behind a server, and an HTTP client that acts as the browser. A restart keeps the address and
// the data directory.
type laptop struct {
	*httptest.Server
	t        *testing.T
	dir      string
	shape    signin.Shape
	provider atomic.Pointer[signin.Provider]
	now      atomic.Pointer[time.Time]
}

func newLaptop(t *testing.T, shape signin.Shape) *laptop {
	t.Helper()
	l := &laptop{t: t, dir: t.TempDir(), shape: shape}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/oidc/") {
			http.NotFound(w, r)
			return
		}
		l.provider.Load().ServeHTTP(w, r)
	}))
	t.Cleanup(l.Close)
	l.setClock(time.Now())
	l.restart()
	return l
}

func (l *laptop) restart() {
	l.t.Helper()
	provider, err := signin.New(signin.Config{
		Issuer: l.issuer(), DataDir: l.dir, RedirectURIs: []string{l.callback()}, Shape: l.shape, Audience: audience,
		Now: func() time.Time { return *l.now.Load() },
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.provider.Store(provider)
}

func (l *laptop) setClock(now time.Time)      { l.now.Store(&now) }
func (l *laptop) advance(d time.Duration)     { l.setClock(l.now.Load().Add(d)) }
func (l *laptop) issuer() string              { return l.URL + "/oidc" }
func (l *laptop) callback() string            { return l.URL + "/callback" }
func (l *laptop) endpoints() signin.Addresses { return signin.Endpoints(l.issuer()) }

// verifier returns a verifier like that of the functions.
func (l *laptop) verifier() *oidc.Verifier {
	c := oidc.Config{
		Issuer: l.issuer(), JWKSURL: l.endpoints().JWKS, ClientIDs: []string{signin.ClientID, signin.CommandLineClientID}, TenantClaim: "tenant", GroupsClaim: "cognito:groups",
		Now: func() time.Time { return *l.now.Load() },
	}
	if l.shape == signin.Standard {
		c.Audience = audience
	}
	return oidc.New(c)
}

// answer is a response of the provider.
type answer struct {
	status   int
	header   http.Header
	body     string
	location *url.URL // of a redirect; else empty
}

// ask sends a request and does not follow redirects.
func (l *laptop) ask(method, address string, form url.Values, header http.Header) answer {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		l.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	maps.Copy(req.Header, header)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, body: string(body), location: &url.URL{}}
	if to, err := res.Location(); err == nil {
		a.location = to
	}
	return a
}

const (
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	state    = "a state & more"
)

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorize sends an authorization request with changed parameters; empty ones are left out.
func (l *laptop) authorize(change url.Values) answer { return l.authorizeWith(change, nil) }

func (l *laptop) authorizeWith(change url.Values, header http.Header) answer {
	l.t.Helper()
	q := url.Values{
		"response_type": {"code"}, "client_id": {signin.ClientID}, "redirect_uri": {l.callback()}, "scope": {"openid email"},
		"state": {state}, "nonce": {"n-1"}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
	}
	maps.Copy(q, change)
	maps.DeleteFunc(q, func(_ string, v []string) bool { return v[0] == "" })
	return l.ask(http.MethodGet, l.endpoints().Authorization+"?"+q.Encode(), nil, header)
}

var hiddenRequest = regexp.MustCompile(`name="request" value="([^"]+)"`)

// page opens the sign-in page and returns its address and its request id.
func (l *laptop) page() (address, request string) {
	l.t.Helper()
	a := l.authorize(nil)
	if a.status != http.StatusFound || a.location.Path != "/oidc/sign-in" {
		l.t.Fatalf("authorize: %d to %s: %s", a.status, a.location, a.body)
	}
	page := l.ask(http.MethodGet, a.location.String(), nil, nil)
	found := hiddenRequest.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || found == nil {
		l.t.Fatalf("sign-in page: %d: %s", page.status, page.body)
	}
	return l.issuer() + "/sign-in", found[1]
}

// enter signs in and returns the code.
func (l *laptop) enter(email string) (code string) {
	l.t.Helper()
	address, request := l.page()
	a := l.ask(http.MethodPost, address, url.Values{"request": {request}, "email": {email}}, nil)
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.location.String(), l.callback()+"?") || a.location.Query().Get("state") != state {
		l.t.Fatalf("sign in: %d to %s: %s", a.status, a.location, a.body)
	}
	return a.location.Query().Get("code")
}

// issued is a response of the token endpoint.
type issued struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	Error        string `json:"error"`
	Description  string `json:"error_description"`
}

// token sends a request to the token endpoint.
func (l *laptop) token(form url.Values) (int, issued) {
	l.t.Helper()
	a := l.ask(http.MethodPost, l.endpoints().Token, form, nil)
	var out issued
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		l.t.Fatalf("token endpoint: %d: %s", a.status, a.body)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		l.t.Error("a response with tokens may be cached")
	}
	return a.status, out
}

// exchange exchanges a code with changed parameters.
func (l *laptop) exchange(code string, change url.Values) (int, issued) {
	l.t.Helper()
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {signin.ClientID}, "code": {code},
		"redirect_uri": {l.callback()}, "code_verifier": {verifier},
	}
	maps.Copy(form, change)
	return l.token(form)
}

func (l *laptop) refresh(token string) (int, issued) {
	l.t.Helper()
	return l.token(url.Values{"grant_type": {"refresh_token"}, "client_id": {signin.ClientID}, "refresh_token": {token}})
}

// signIn signs in and returns the tokens.
func (l *laptop) signIn(email string) issued {
	l.t.Helper()
	status, out := l.exchange(l.enter(email), nil)
	if status != http.StatusOK || out.AccessToken == "" || out.IDToken == "" || out.RefreshToken == "" {
		l.t.Fatalf("exchange: %d %+v", status, out)
	}
	return out
}

// claimsOf returns the claims of a token, and its header's typ, without verification.
func claimsOf(t *testing.T, token string) (typ string, claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	var header map[string]any
	for i, into := range []*map[string]any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	typ, _ = header["typ"].(string)
	return typ, claims
}
