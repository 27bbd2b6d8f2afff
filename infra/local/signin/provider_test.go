package signin_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var shapes = map[string]signin.Shape{"Cognito": signin.Cognito, "standard": signin.Standard}

func TestInvalidAuthorizationRequestsAreRefused(t *testing.T) {
	l := newLaptop(t, signin.Cognito)

	// Shown to the person, because the redirect URI cannot be trusted.
	for name, change := range map[string]url.Values{
		"another client":                   {"client_id": {"another"}},
		"no client":                        {"client_id": {""}},
		"no redirect URI":                  {"redirect_uri": {""}},
		"another redirect URI":             {"redirect_uri": {"https://evil.example/callback"}},
		"a longer redirect URI":            {"redirect_uri": {l.callback() + "/more"}},
		"a redirect URI with a query":      {"redirect_uri": {l.callback() + "?x=1"}},
		"the redirect URI on another port": {"redirect_uri": {"http://127.0.0.1:1/callback"}},
	} {
		if a := l.authorize(change); a.status != http.StatusBadRequest || a.location.String() != "" {
			t.Errorf("%s: %d to %s", name, a.status, a.location)
		}
	}

	// Returned to the console.
	for name, want := range map[string]struct {
		change url.Values
		code   string
	}{
		"no PKCE":              {url.Values{"code_challenge": {""}, "code_challenge_method": {""}}, "invalid_request"},
		"plain PKCE":           {url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"PKCE of no method":    {url.Values{"code_challenge_method": {""}}, "invalid_request"},
		"a short challenge":    {url.Values{"code_challenge": {"short"}}, "invalid_request"},
		"no openid":            {url.Values{"scope": {"email"}}, "invalid_scope"},
		"no scope":             {url.Values{"scope": {""}}, "invalid_request"},
		"the implicit flow":    {url.Values{"response_type": {"id_token token"}}, "unauthorized_client"},
		"response mode form":   {url.Values{"response_mode": {"form_post"}}, "invalid_request"},
		"a request object":     {url.Values{"request": {"x.y.z"}}, "request_not_supported"},
		"no prompt":            {url.Values{"prompt": {"none"}}, "login_required"},
		"contradictory prompt": {url.Values{"prompt": {"none login"}}, "invalid_request"},
	} {
		a := l.authorize(want.change)
		q := a.location.Query()
		if a.status != http.StatusFound || !strings.HasPrefix(a.location.String(), l.callback()+"?") && want.change.Get("response_type") == "" {
			t.Errorf("%s: %d to %s", name, a.status, a.location)
		}
		if fragment, _ := url.ParseQuery(a.location.EscapedFragment()); len(fragment) > 0 {
			q = fragment
		}
		if q.Get("error") != want.code || q.Get("state") != state || q.Get("code") != "" {
			t.Errorf("%s: %v, want %s", name, q, want.code)
		}
	}
}

func TestCodeIsValidOnceForItsClient(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	refused := func(name, code string, change url.Values) {
		t.Helper()
		if status, out := l.exchange(code, change); status != http.StatusBadRequest || out.Error != "invalid_grant" || out.AccessToken != "" {
			t.Errorf("%s: %d %+v", name, status, out)
		}
	}

	refused("no such code", "nonsense", nil)
	for name, change := range map[string]url.Values{
		"another verifier":              {"code_verifier": {"another"}},
		"no verifier":                   {"code_verifier": {""}},
		"the challenge as the verifier": {"code_verifier": {challengeOf(verifier)}},
		"another redirect URI":          {"redirect_uri": {l.URL + "/"}},
	} {
		code := l.enter("owner@example.com")
		refused(name, code, change)
		refused(name+", then the right way", code, nil)
	}

	late := l.enter("owner@example.com")
	l.advance(time.Minute)
	refused("late", late, nil)

	for name, change := range map[string]url.Values{"another client": {"client_id": {"another"}}, "a secret": {"client_secret": {"x"}}} {
		if status, out := l.exchange(l.enter("owner@example.com"), change); status != http.StatusBadRequest || out.Error != "invalid_client" {
			t.Errorf("%s: %d %+v", name, status, out)
		}
	}
}

func TestReplayedCodeEndsItsSession(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	code := l.enter("owner@example.com")
	_, first := l.exchange(code, nil)
	if first.RefreshToken == "" {
		t.Fatalf("%+v", first)
	}
	if status, out := l.exchange(code, nil); status != http.StatusBadRequest || out.Error != "invalid_grant" {
		t.Errorf("replay: %d %+v", status, out)
	}
	if status, out := l.refresh(first.RefreshToken); status != http.StatusBadRequest || out.Error != "invalid_grant" {
		t.Errorf("refresh after the replay: %d %+v", status, out)
	}
}

func TestOtherGrantsAreRefused(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	for _, grant := range []string{
		"", "client_credentials", "password", "urn:ietf:params:oauth:grant-type:device_code",
		"urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange",
	} {
		status, out := l.token(url.Values{
			"grant_type": {grant}, "client_id": {signin.ClientID}, "username": {"owner@example.com"}, "password": {"x"}, "assertion": {"x"},
			"subject_token": {"x"}, "subject_token_type": {"urn:ietf:params:oauth:token-type:access_token"}, "device_code": {"x"},
		})
		if status < 400 || status > 499 || out.AccessToken != "" {
			t.Errorf("%q: %d %+v", grant, status, out)
		}
	}
}

func TestRefreshTokenIsValidOnceAndReuseEndsTheSession(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	first := l.signIn("owner@example.com")
	status, second := l.refresh(first.RefreshToken)
	if status != http.StatusOK || second.RefreshToken == "" || second.RefreshToken == first.RefreshToken || second.AccessToken == "" || second.IDToken == "" {
		t.Fatalf("refresh: %d %+v", status, second)
	}
	for _, token := range []string{first.RefreshToken, second.RefreshToken, first.RefreshToken, "nonsense", "a.b", "."} {
		if status, out := l.refresh(token); status != http.StatusBadRequest || out.Error != "invalid_grant" || out.RefreshToken != "" {
			t.Errorf("after the reuse: %d %+v", status, out)
		}
	}

	// Another person's session continues.
	other := l.signIn("owner@example.com")
	if status, _ := l.refresh(other.RefreshToken); status != http.StatusOK {
		t.Errorf("another session: %d", status)
	}
}

func TestSessionEndsAfterTwelveHoursDespiteRefreshes(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	tokens := l.signIn("owner@example.com")
	for range 11 {
		l.advance(time.Hour)
		status, next := l.refresh(tokens.RefreshToken)
		if status != http.StatusOK {
			t.Fatalf("within twelve hours: %d %+v", status, next)
		}
		tokens = next
	}
	l.advance(time.Hour)
	if status, out := l.refresh(tokens.RefreshToken); status != http.StatusBadRequest || out.Error != "invalid_grant" {
		t.Errorf("after twelve hours: %d %+v", status, out)
	}
}

func TestRestartSignsNobodyOut(t *testing.T) {
	for name, shape := range shapes {
		l := newLaptop(t, shape)
		tokens := l.signIn("admin@example.com")
		l.restart()
		if _, err := l.verifier().Verify(t.Context(), tokens.AccessToken); err != nil {
			t.Errorf("%s: the access token: %v", name, err)
		}
		status, next := l.refresh(tokens.RefreshToken)
		if status != http.StatusOK {
			t.Fatalf("%s: the refresh token: %d %+v", name, status, next)
		}
		l.restart()
		if status, _ := l.refresh(tokens.RefreshToken); status != http.StatusBadRequest {
			t.Errorf("%s: a restart makes an old refresh token valid again", name)
		}
	}
}

func TestCommandLineSignsInAtItsCallback(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	own := url.Values{"client_id": {signin.CommandLineClientID}, "redirect_uri": {signin.CommandLineCallback}}
	for name, change := range map[string]url.Values{
		"the console's callback": {"client_id": {signin.CommandLineClientID}},
		"another port":           {"client_id": {signin.CommandLineClientID}, "redirect_uri": {"http://127.0.0.1:8977/callback"}},
		"the console's client":   {"redirect_uri": {signin.CommandLineCallback}},
	} {
		if a := l.authorize(change); a.status != http.StatusBadRequest || a.location.String() != "" {
			t.Errorf("%s: %d to %s", name, a.status, a.location)
		}
	}
	code := func() string {
		a := l.authorize(own)
		page := l.ask(http.MethodGet, a.location.String(), nil, nil)
		found := hiddenRequest.FindStringSubmatch(page.body)
		if found == nil {
			t.Fatalf("authorize: %d to %s; page: %s", a.status, a.location, page.body)
		}
		a = l.ask(http.MethodPost, l.issuer()+"/sign-in", url.Values{"request": {found[1]}, "email": {"owner@example.com"}}, nil)
		if !strings.HasPrefix(a.location.String(), signin.CommandLineCallback+"?") {
			t.Fatalf("sign in: %d to %s", a.status, a.location)
		}
		return a.location.Query().Get("code")
	}
	if status, out := l.exchange(code(), url.Values{"redirect_uri": {signin.CommandLineCallback}}); status != http.StatusBadRequest || out.Error != "invalid_grant" {
		t.Errorf("the console redeems the command line's code: %d %+v", status, out)
	}
	status, tokens := l.exchange(code(), own)
	if status != http.StatusOK {
		t.Fatalf("exchange: %d %+v", status, tokens)
	}
	if _, claims := claimsOf(t, tokens.AccessToken); claims["client_id"] != signin.CommandLineClientID {
		t.Errorf("the access token is for %v", claims["client_id"])
	}
	if _, err := l.verifier().Verify(t.Context(), tokens.AccessToken); err != nil {
		t.Errorf("the access token: %v", err)
	}
	if _, err := l.verifier().Verify(t.Context(), tokens.IDToken); !problem.Is(err, problem.Unauthenticated) {
		t.Errorf("the ID token: %v", err)
	}
	if status, out := l.refresh(tokens.RefreshToken); status != http.StatusBadRequest || out.Error != "invalid_grant" {
		t.Errorf("the console refreshes the command line's token: %d %+v", status, out)
	}
	status, next := l.token(url.Values{"grant_type": {"refresh_token"}, "client_id": {signin.CommandLineClientID}, "refresh_token": {tokens.RefreshToken}})
	if _, claims := claimsOf(t, next.AccessToken); status != http.StatusOK || claims["client_id"] != signin.CommandLineClientID {
		t.Errorf("refresh: %d %+v", status, next)
	}
}

func TestCognitosSignOutNeedsClientAndAddress(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	end := func(q url.Values) answer {
		return l.ask(http.MethodGet, l.endpoints().EndSession+"?"+q.Encode(), nil, nil)
	}
	start := l.URL + "/"
	for name, q := range map[string]url.Values{
		"nothing":                    {},
		"no client":                  {"logout_uri": {start}},
		"another client":             {"client_id": {"another"}, "logout_uri": {start}},
		"no address":                 {"client_id": {signin.ClientID}},
		"the standard's address":     {"client_id": {signin.ClientID}, "post_logout_redirect_uri": {start}},
		"another address":            {"client_id": {signin.ClientID}, "logout_uri": {"https://evil.example/"}},
		"the command line's address": {"client_id": {signin.CommandLineClientID}, "logout_uri": {start}},
	} {
		if a := end(q); a.status != http.StatusBadRequest || a.location.String() != "" {
			t.Errorf("%s: %d to %s", name, a.status, a.location)
		}
	}
	if a := end(url.Values{"client_id": {signin.ClientID}, "logout_uri": {start}}); a.status != http.StatusFound || a.location.String() != start {
		t.Errorf("sign-out: %d to %s", a.status, a.location)
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	l := newLaptop(t, signin.Standard)
	end := func(q url.Values) answer {
		return l.ask(http.MethodGet, l.endpoints().EndSession+"?"+q.Encode(), nil, nil)
	}
	for _, away := range []string{"https://evil.example/", l.URL + "/elsewhere", l.URL + ".evil.example/", "//evil.example", "javascript:alert(1)"} {
		if a := end(url.Values{"post_logout_redirect_uri": {away}}); a.status != http.StatusBadRequest || a.location.String() != "" {
			t.Errorf("%s: %d to %s", away, a.status, a.location)
		}
	}

	stays := l.signIn("owner@example.com")
	tokens := l.signIn("owner@example.com")
	forged := tokens.IDToken[:len(tokens.IDToken)-8] + "AAAAAAAA"
	end(url.Values{"id_token_hint": {forged}})
	status, tokens := l.refresh(tokens.RefreshToken)
	if status != http.StatusOK {
		t.Fatalf("a forged hint ends the session: %d", status)
	}

	a := end(url.Values{"id_token_hint": {tokens.IDToken}, "client_id": {signin.ClientID}, "post_logout_redirect_uri": {l.URL + "/"}, "state": {"s"}})
	if a.status != http.StatusFound || a.location.String() != l.URL+"/?state=s" {
		t.Errorf("sign-out: %d to %s", a.status, a.location)
	}
	if status, _ := l.refresh(tokens.RefreshToken); status != http.StatusBadRequest {
		t.Error("the session continues after the sign-out")
	}
	if status, _ := l.refresh(stays.RefreshToken); status != http.StatusOK {
		t.Error("the sign-out ended another session")
	}

	for _, q := range []url.Values{{}, {"post_logout_redirect_uri": {l.URL}}, {"post_logout_redirect_uri": {l.callback()}}} {
		if a := end(q); a.status != http.StatusFound || !strings.HasPrefix(a.location.String(), l.URL) {
			t.Errorf("%v: %d to %s", q, a.status, a.location)
		}
	}
}

func TestRevocationEndsTheSession(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	tokens := l.signIn("owner@example.com")
	revoke := func(token string) int {
		return l.ask(http.MethodPost, l.issuer()+"/revoke", url.Values{"client_id": {signin.ClientID}, "token": {token}}, nil).status
	}
	if status := revoke("nonsense"); status != http.StatusOK {
		t.Errorf("an unknown token: %d", status)
	}
	if status := revoke(tokens.RefreshToken); status != http.StatusOK {
		t.Errorf("revoke: %d", status)
	}
	if status, _ := l.refresh(tokens.RefreshToken); status != http.StatusBadRequest {
		t.Error("the session continues after the revocation")
	}
}

func TestVerifierAcceptsAccessTokensAndRefusesIDTokensOfBothShapes(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			l := newLaptop(t, shape)
			v := l.verifier()
			for _, person := range signin.People() {
				tokens := l.signIn(person.Email)
				_, refreshed := l.refresh(tokens.RefreshToken)
				minted, err := l.provider.Load().AccessToken(t.Context(), strings.ToUpper(person.Email))
				if err != nil {
					t.Fatal(err)
				}
				want := auth.Principal{Kind: api.Person, ID: person.Subject, Name: person.Email, Tenant: person.Tenant, Role: api.Role(person.Groups[0])}
				for way, token := range map[string]string{"signed in": tokens.AccessToken, "refreshed": refreshed.AccessToken, "minted": minted} {
					got, err := v.Verify(t.Context(), token)
					if err != nil {
						t.Errorf("%s, %s: %v", person.Email, way, err)
					} else if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s, %s (-want +got):\n%s", person.Email, way, diff)
					}
				}
				for way, token := range map[string]string{"signed in": tokens.IDToken, "refreshed": refreshed.IDToken} {
					if _, err := v.Verify(t.Context(), token); !problem.Is(err, problem.Unauthenticated) {
						t.Errorf("%s: the ID token, %s: %v", person.Email, way, err)
					}
				}
			}
			if _, err := l.provider.Load().AccessToken(t.Context(), "nobody@example.com"); err == nil {
				t.Error("an unknown person gets an access token")
			}
		})
	}
}

func TestTokensHaveTheirShape(t *testing.T) {
	const always = "exp iat iss jti sub auth_time tenant cognito:groups "
	for name, want := range map[string]struct {
		shape                      signin.Shape
		accessType, access, idOnly string
	}{
		"Cognito":  {signin.Cognito, "JWT", "client_id email email_verified scope token_use username version", "at_hash aud cognito:username email email_verified nonce sid token_use"},
		"standard": {signin.Standard, "at+jwt", "aud client_id email email_verified scope", "at_hash aud azp email email_verified nonce preferred_username sid"},
	} {
		tokens := newLaptop(t, want.shape).signIn("owner@example.com")
		for kind, c := range map[string]struct{ token, typ, names string }{
			"access": {tokens.AccessToken, want.accessType, want.access}, "ID": {tokens.IDToken, "JWT", want.idOnly},
		} {
			typ, claims := claimsOf(t, c.token)
			if typ != c.typ {
				t.Errorf("%s, %s token: typ %q, want %q", name, kind, typ, c.typ)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(strings.Fields(always+c.names))), slices.Sorted(maps.Keys(claims))); diff != "" {
				t.Errorf("%s, %s token (-want +got):\n%s", name, kind, diff)
			}
		}
		if tokens.ExpiresIn != 900 || tokens.TokenType != "Bearer" {
			t.Errorf("%s: %+v", name, tokens)
		}
		if _, claims := claimsOf(t, tokens.IDToken); claims["nonce"] != "n-1" {
			t.Errorf("%s: the nonce is %v", name, claims["nonce"])
		}
	}
}

func TestDiscoveryListsTheEndpoints(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	a := l.ask(http.MethodGet, l.issuer()+"/.well-known/openid-configuration", nil, nil)
	var told map[string]any
	if err := json.Unmarshal([]byte(a.body), &told); err != nil {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	at := l.endpoints()
	for name, want := range map[string]string{
		"issuer": l.issuer(), "authorization_endpoint": at.Authorization, "token_endpoint": at.Token, "end_session_endpoint": at.EndSession, "revocation_endpoint": at.Revocation, "jwks_uri": at.JWKS,
	} {
		if told[name] != want {
			t.Errorf("%s is %v, want %s", name, told[name], want)
		}
	}
	for _, absent := range []string{"device_authorization_endpoint", "userinfo_endpoint", "introspection_endpoint"} {
		if told[absent] != nil {
			t.Errorf("%s is listed, and does not exist", absent)
		}
	}
	if methods, _ := json.Marshal(told["code_challenge_methods_supported"]); string(methods) != `["S256"]` {
		t.Errorf("PKCE by %s", methods)
	}
	keys := l.ask(http.MethodGet, at.JWKS, nil, nil)
	for _, private := range []string{`"d"`, `"p"`, `"q"`} {
		if strings.Contains(keys.body, private) {
			t.Fatal("the private key is published")
		}
	}
}

func TestDataDirectoryIsPrivateAndHoldsNoRefreshToken(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	tokens := l.signIn("owner@example.com")
	dir := filepath.Join(l.dir, "signin")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v %v", entries, err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", entry.Name(), info.Mode(), err)
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		_, secret, _ := strings.Cut(tokens.RefreshToken, ".")
		if err != nil || strings.Contains(string(text), secret) {
			t.Errorf("%s contains the refresh token, %v", entry.Name(), err)
		}
	}
}

func TestExistingDataIsRestrictedToItsOwner(t *testing.T) {
	l := newLaptop(t, signin.Cognito)
	l.signIn("owner@example.com")
	dir := filepath.Join(l.dir, "signin")
	paths := map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "key.pem"): 0o600, filepath.Join(dir, "sessions.json"): 0o600}
	for path := range paths {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	l.restart()
	for path, want := range paths {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v, want %o", path, info.Mode(), err, want)
		}
	}
}

func TestErrorForUnreadableDataSaysWhatToDo(t *testing.T) {
	for _, name := range []string{"key.pem", "sessions.json"} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "signin"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "signin", name), []byte("scrambled"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := signin.New(signin.Config{Issuer: "http://127.0.0.1:1/oidc", DataDir: dir})
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "delete it") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIncompleteConfigurationIsRefused(t *testing.T) {
	for name, c := range map[string]signin.Config{
		"no issuer":                 {},
		"an issuer without host":    {Issuer: "/oidc"},
		"an issuer with a slash":    {Issuer: "http://127.0.0.1:1/oidc/"},
		"standard without audience": {Issuer: "http://127.0.0.1:1/oidc", Shape: signin.Standard},
		"a directory that can't be": {Issuer: "http://127.0.0.1:1/oidc", DataDir: "/dev/null"},
	} {
		if _, err := signin.New(c); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
