package session

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// memory is a tab in memory. It records where it was sent.
type memory struct {
	address string
	origin  string
	left    string // the address passed to Leave
	mu      sync.Mutex
	store   map[string]string
}

func (m *memory) Address() *url.URL {
	u, err := url.Parse(m.address)
	if err != nil {
		panic(err)
	}
	return u
}
func (m *memory) Origin() string       { return m.origin }
func (m *memory) Leave(address string) { m.left = address }
func (m *memory) SignIn(authorizationEndpoint, clientID, scope, back string) {
	d := departure{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text(), Back: back}
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	m.Set(departureKey, string(text))
	sum := sha256.Sum256([]byte(d.Verifier))
	m.left = authorizationEndpoint + "?" + url.Values{
		"client_id": {clientID}, "scope": {scope}, "state": {d.State}, "nonce": {d.Nonce}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
	}.Encode()
}
func (m *memory) Replace(path string) { m.address = m.origin + path }
func (m *memory) Get(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.store[key]
}
func (m *memory) Set(key, value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.store[key] = value
}
func (m *memory) Remove(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.store, key)
}

func (m *memory) Keys(prefix string) (keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.store {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}

// deployment is a provider and an API with the same origin.
type deployment struct {
	t      *testing.T
	origin string

	mu        sync.Mutex
	nonce     string // of the next ID token
	challenge string
	number    int             // of the latest tokens
	access    map[string]bool // valid access tokens
	refresh   string          // the only valid refresh token
	refreshes int
	meStatus  int // of GET /v1/me; 0: by the token
	tokenDown bool
	revoked   []string
	provider  string // in config.json
	scope     string // in config.json; empty means one with offline_access
}

func deploy(t *testing.T) *deployment {
	d := &deployment{t: t, access: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"provider":"%[2]s","issuer":"%[1]s/oidc","authorization_endpoint":"%[1]s/oidc/authorize","token_endpoint":"%[1]s/oidc/token","end_session_endpoint":"%[1]s/oidc/end","revocation_endpoint":"%[1]s/oidc/revoke","client_id":"console","scope":"%[3]s"}`, d.origin, d.provider, cmp.Or(d.scope, "openid offline_access"))
	})
	mux.HandleFunc("POST /oidc/token", d.token)
	mux.HandleFunc("POST /oidc/revoke", d.revoke)
	mux.HandleFunc("GET /v1/me", func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		switch bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); {
		case d.meStatus != 0:
			w.WriteHeader(d.meStatus)
		case !d.access[bearer]:
			w.WriteHeader(401)
		default:
			json.NewEncoder(w).Encode(api.Me{Tenant: "acme", Role: api.Owner, Can: map[string]bool{"keys.manage": true, "catalog.read": true, "activity.read": false}})
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	d.origin = server.URL
	return d
}

func (d *deployment) token(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tokenDown {
		w.WriteHeader(503)
		return
	}
	good := false
	switch r.FormValue("grant_type") {
	case "authorization_code":
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		good = r.FormValue("code") == "good" && base64.RawURLEncoding.EncodeToString(sum[:]) == d.challenge &&
			r.FormValue("redirect_uri") == d.origin+"/callback"
	case "refresh_token":
		d.refreshes++
		good = d.refresh != "" && r.FormValue("refresh_token") == d.refresh
	}
	if !good || r.FormValue("client_id") != "console" {
		w.WriteHeader(400)
		fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	d.number++
	access := fmt.Sprintf("access-%d", d.number)
	d.access[access] = true
	d.refresh = fmt.Sprintf("refresh-%d", d.number)
	claims := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"iss":"%s/oidc","aud":["console"],"nonce":"%s"}`, d.origin, d.nonce))
	fmt.Fprintf(w, `{"access_token":"%s","token_type":"Bearer","expires_in":300,"refresh_token":"%s","id_token":"e30.%s.x"}`, access, d.refresh, claims)
}

// revoke revokes the refresh token.
func (d *deployment) revoke(_ http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	token := r.FormValue("token")
	d.revoked = append(d.revoked, token)
	if token == d.refresh && r.FormValue("client_id") == "console" {
		d.refresh = ""
		clear(d.access)
	}
}

func (d *deployment) tab(path string) *memory {
	return &memory{origin: d.origin, address: d.origin + path, store: map[string]string{}}
}

// leave leaves for the provider from the address, and returns the parameters of the authorization request.
func (d *deployment) leave(tab *memory, back string) url.Values {
	d.t.Helper()
	if err := New(tab, nil).SignIn(context.Background(), back); err != nil {
		d.t.Fatal(err)
	}
	at, err := url.Parse(tab.left)
	if err != nil {
		d.t.Fatal(err)
	}
	if !strings.HasPrefix(tab.left, d.origin+"/oidc/authorize?") {
		d.t.Fatalf("left for %s", tab.left)
	}
	q := at.Query()
	d.nonce, d.challenge = q.Get("nonce"), q.Get("code_challenge")
	return q
}

// signIn signs in through the whole flow.
func (d *deployment) signIn(tab *memory) *Session {
	d.t.Helper()
	q := d.leave(tab, "/keys?status=active")
	tab.address = d.origin + "/callback?code=good&state=" + q.Get("state")
	s := New(tab, nil)
	s.Start(context.Background())
	if st := s.Standing(); st.State != SignedIn {
		d.t.Fatalf("standing %+v, want signed in", st)
	}
	return s
}

func me(s *Session) error {
	_, err := client.Call(context.Background(), s.Client(), api.GetMe, api.Nothing{})
	return err
}

func TestSignInComesBackToWhereItLeftFrom(t *testing.T) {
	d := deploy(t)
	tab := d.tab("/")
	s := d.signIn(tab)
	if tab.address != d.origin+"/keys?status=active" {
		t.Errorf("back at %s", tab.address)
	}
	if s.Me().Role != api.Owner {
		t.Errorf("me %+v", s.Me())
	}
	if strings.Contains(fmt.Sprint(tab.store), "access-") {
		t.Errorf("sessionStorage holds an access token: %v", tab.store)
	}
	if tab.Get(departureKey) != "" {
		t.Error("the departure is still there: its state and verifier are good once")
	}
}

func TestTabKnowsWhatThePersonMayDoWhileTheyAreSignedIn(t *testing.T) {
	d := deploy(t)
	for name, end := range map[string]func(*Session){
		"signed out": func(s *Session) { s.SignOut(context.Background()) },
		"refused": func(s *Session) {
			d.refresh = "" // is accepted no more
			s.renew(context.Background(), s.present(), s.held().Access)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tab := d.tab("/")
			s := d.signIn(tab)
			if got := tab.Get(permissionsKey); got != "catalog.read keys.manage" {
				t.Errorf("the tab keeps the permissions %q", got)
			}
			end(s)
			if got := tab.Get(permissionsKey); got != "" {
				t.Errorf("the tab still keeps the permissions %q", got)
			}
		})
	}
}

func TestNothingComesOfAnArrivalThatThisTabHasNotAskedFor(t *testing.T) {
	d := deploy(t)
	arrive := map[string]func(state string) string{
		"another state": func(string) string { return "code=good&state=other" },
		"no state":      func(string) string { return "code=good" },
		"no code":       func(state string) string { return "state=" + state },
		"refused":       func(state string) string { return "error=access_denied&state=" + state },
		"spent code":    func(state string) string { return "code=spent&state=" + state },
		"another nonce": func(state string) string { d.nonce = "other"; return "code=good&state=" + state },
		"another proof": func(state string) string { d.challenge = "other"; return "code=good&state=" + state },
	}
	for name, with := range arrive {
		t.Run(name, func(t *testing.T) {
			tab := d.tab("/")
			q := d.leave(tab, "/arxes")
			tab.address = d.origin + "/callback?" + with(q.Get("state"))
			s := New(tab, nil)
			s.Start(context.Background())
			if st := s.Standing(); st.State != SignedOut || !problem.Is(st.Err, problem.Unauthenticated) {
				t.Errorf("standing %+v, want signed out with the reason", st)
			}
			if tab.address != d.origin+"/arxes" || tab.Get(keptKey) != "" {
				t.Errorf("at %s with %v", tab.address, tab.store)
			}
		})
	}
	t.Run("never left", func(t *testing.T) {
		tab := d.tab("/callback?code=good&state=")
		s := New(tab, nil)
		s.Start(context.Background())
		if s.Standing().State != SignedOut {
			t.Errorf("standing %+v", s.Standing())
		}
	})
}

func TestReturnNeverLeavesTheConsole(t *testing.T) {
	for address, want := range map[string]string{
		"/keys?a=b": "/keys?a=b", "": "/", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "/callback?code=1": "/", "/callback": "/",
	} {
		if got := local(address); got != want {
			t.Errorf("local(%q) is %q, want %q", address, got, want)
		}
	}
}

func TestReloadSignsNobodyOut(t *testing.T) {
	d := deploy(t)
	tab := d.tab("/")
	d.signIn(tab)
	s := New(tab, nil)
	s.Start(context.Background())
	if s.Standing().State != SignedIn || d.refreshes != 1 {
		t.Errorf("standing %+v after %d refreshes", s.Standing(), d.refreshes)
	}
	if !strings.Contains(tab.Get(keptKey), d.refresh) {
		t.Error("the rotated refresh token was not kept")
	}
}

func TestNobodyIsSignedInInAFreshTab(t *testing.T) {
	d := deploy(t)
	s := New(d.tab("/keys"), nil)
	s.Start(context.Background())
	if st := s.Standing(); st.State != SignedOut || st.Err != nil {
		t.Errorf("standing %+v, want signed out without a reason", st)
	}
}

func TestTokenIsRefreshedBeforeItEnds(t *testing.T) {
	d := deploy(t)
	s := d.signIn(d.tab("/"))
	s.now = func() time.Time { return time.Now().Add(300*time.Second - early + time.Second) }
	if err := me(s); err != nil {
		t.Fatal(err)
	}
	if d.refreshes != 1 {
		t.Errorf("%d refreshes, want 1", d.refreshes)
	}
}

func TestCallsAtOnceShareOneRefresh(t *testing.T) {
	d := deploy(t)
	s := d.signIn(d.tab("/"))
	d.mu.Lock()
	clear(d.access) // every call gets a 401
	d.mu.Unlock()
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if err := me(s); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if d.refreshes != 1 {
		t.Errorf("%d refreshes, want 1: the second use of a rotated token signs out", d.refreshes)
	}
}

func TestSessionEndsWhereTheProviderRefuses(t *testing.T) {
	d := deploy(t)
	tab := d.tab("/")
	s := d.signIn(tab)
	changes := 0
	s.Watch(func() { changes++ })
	d.mu.Lock()
	clear(d.access)
	d.refresh = ""
	d.mu.Unlock()
	if err := me(s); !problem.Is(err, problem.Unauthenticated) {
		t.Errorf("error %v, want unauthenticated", err)
	}
	if s.Standing().State != Ended || changes != 1 || tab.Get(keptKey) != "" {
		t.Errorf("standing %+v after %d changes, %v kept", s.Standing(), changes, tab.store)
	}
	if s.Me().Role != api.Owner {
		t.Error("the page that still stands has lost who it is for")
	}
}

func TestSessionOutlivesAProviderThatIsAway(t *testing.T) {
	d := deploy(t)
	s := d.signIn(d.tab("/"))
	d.mu.Lock()
	clear(d.access)
	d.tokenDown = true
	d.mu.Unlock()
	if err := me(s); !problem.Is(err, problem.Unavailable) {
		t.Errorf("error %v, want unavailable", err)
	}
	d.mu.Lock()
	d.tokenDown = false
	d.mu.Unlock()
	if err := me(s); err != nil || s.Standing().State != SignedIn {
		t.Errorf("error %v, standing %+v", err, s.Standing())
	}
}

func TestNobodyStaysSignedInForMoreThanTwelveHours(t *testing.T) {
	d := deploy(t)
	tab := d.tab("/")
	s := d.signIn(tab)
	later := func() time.Time { return time.Now().Add(MaxAge + time.Minute) }
	s.now = later
	if err := me(s); !problem.Is(err, problem.Unauthenticated) {
		t.Errorf("error %v, want unauthenticated", err)
	}

	d.signIn(tab)
	s = New(tab, nil)
	s.now = later
	s.Start(context.Background())
	if st := s.Standing(); st.State != SignedOut || d.refreshes != 0 {
		t.Errorf("standing %+v after %d refreshes, want signed out", st, d.refreshes)
	}
}

func TestStartTellsApartWhoMayNotAndWhatIsAway(t *testing.T) {
	for status, want := range map[int]State{401: SignedOut, 403: Failed, 503: Failed} {
		d := deploy(t)
		d.meStatus = status
		tab := d.tab("/")
		q := d.leave(tab, "/")
		tab.address = d.origin + "/callback?code=good&state=" + q.Get("state")
		s := New(tab, nil)
		s.Start(context.Background())
		if st := s.Standing(); st.State != want || st.Err == nil {
			t.Errorf("me %d: standing %+v, want %d", status, st, want)
		}
	}
}

func TestStartCanBeTriedAgain(t *testing.T) {
	d := deploy(t)
	tab := d.tab("/")
	d.signIn(tab)
	d.meStatus = 503
	s := New(tab, nil)
	s.Start(context.Background())
	if s.Standing().State != Failed {
		t.Fatalf("standing %+v", s.Standing())
	}
	d.meStatus = 0
	s.Start(context.Background())
	if s.Standing().State != SignedIn {
		t.Errorf("standing %+v", s.Standing())
	}
}

func TestSignOutForgetsAndLeaves(t *testing.T) {
	d := deploy(t)
	tab := d.tab("/")
	s := d.signIn(tab)
	s.KeepDraft("key", "nightly export")
	s.SignOut(context.Background())()
	at, err := url.Parse(tab.left)
	if err != nil {
		t.Fatal(err)
	}
	q := at.Query()
	if at.Path != "/oidc/end" || q.Get("client_id") != "console" || q.Get("post_logout_redirect_uri") != d.origin+"/" || q.Get("id_token_hint") == "" || q.Has("logout_uri") {
		t.Errorf("left for %s", tab.left)
	}
	if s.Standing().State != SignedOut || s.Me().Role != "" || len(tab.store) != 0 {
		t.Errorf("standing %+v, me %+v, kept %v", s.Standing(), s.Me(), tab.store)
	}
	if err := me(s); !problem.Is(err, problem.Unauthenticated) {
		t.Errorf("error %v after sign-out", err)
	}
	if d.refresh != "" || len(d.revoked) != 1 {
		t.Errorf("revoked %v; %q is still good", d.revoked, d.refresh)
	}
}

// Cognito refuses a sign-out without logout_uri, and does not know offline_access.
func TestSignInAndOutOfCognito(t *testing.T) {
	d := deploy(t)
	d.provider, d.scope = "cognito", "openid email profile"
	tab := d.tab("/")
	s := New(tab, nil)
	if err := s.SignIn(context.Background(), "/"); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(tab.left)
	if err != nil || at.Query().Get("scope") != "openid email profile" {
		t.Errorf("left for %s: %v", tab.left, err)
	}

	tab = d.tab("/")
	s = d.signIn(tab)
	s.SignOut(context.Background())()
	if want := d.origin + "/oidc/end?client_id=console&logout_uri=" + url.QueryEscape(d.origin+"/"); tab.left != want {
		t.Errorf("left for %s, want %s", tab.left, want)
	}
	if d.refresh != "" || len(d.revoked) != 1 {
		t.Errorf("revoked %v; %q is still good", d.revoked, d.refresh)
	}
}

// The browser hides the answer of a provider that does not allow the console's origin to read it.
func TestSignOutWithoutAReadableRevocationLeavesForTheProvider(t *testing.T) {
	for online, want := range map[bool]string{true: "https://id.example/out?", false: "https://keys.example/"} {
		l := wire()
		l.answers["GET /config.json"] = ok(`{"provider":"cognito","authorization_endpoint":"https://id.example/a","token_endpoint":"https://id.example/t","end_session_endpoint":"https://id.example/out","revocation_endpoint":"https://id.example/hidden","client_id":"console"}`)
		s, tab := tabOf(l, nil)
		s.Start(context.Background())
		l.down = map[string]bool{"POST /hidden": true, "GET /config.json": !online}
		s.SignOut(context.Background())()
		if !strings.HasPrefix(tab.left, want) {
			t.Errorf("online %t: left for %s, want %s", online, tab.left, want)
		}
	}
}
