package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// external starts an OpenID Provider that publishes only what it is.
func external(t *testing.T, issuer func(url string) string) string {
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"issuer":"%s","authorization_endpoint":"%[2]s/authorize","token_endpoint":"%[2]s/token","jwks_uri":"%[2]s/keys","end_session_endpoint":"%[2]s/end","client_id":"ignored"}`, issuer(s.URL), s.URL)
	})
	return s.URL
}

func TestExternalProviderIsDiscovered(t *testing.T) {
	at := external(t, func(url string) string { return url })
	w := newWorld(t, "external")
	delete(w.settings, "ADMIN_EMAIL")
	w.settings["PARAMETERS"] = "OidcIssuer=" + at + " OidcClientIds=console,command-line OidcScope=api://arxkeys/use GroupsClaim=roles"
	out := w.must("up")
	state := w.state()
	for name, want := range map[string]string{
		"parameter OidcJwksUrl":  at + "/keys",
		"parameter OidcTokenUrl": at + "/token",
		"object config.json": `application/json  no-cache {"issuer":"` + at + `","authorization_endpoint":"` + at + `/authorize","token_endpoint":"` + at +
			`/token","end_session_endpoint":"` + at + `/end","client_id":"console","command_line_client_id":"command-line","scope":"openid email profile offline_access api://arxkeys/use"}`,
	} {
		if got := strings.ReplaceAll(state[name], "{ConsoleClientId}", "console"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(out, "add the first owner to a group named owner, in the claim roles") {
		t.Errorf("it does not say how the first owner is made:\n%s", out)
	}
	delete(w.settings, "PARAMETERS") // remembered by the stack
	if out := w.must("up"); !strings.Contains(out, "No changes to deploy") || !strings.Contains(out, " 0 uploaded") {
		t.Errorf("a second run changes something:\n%s", out)
	}
}

func TestProviderThatCannotBeUsedIsNamedBeforeAnythingIsMade(t *testing.T) {
	other := external(t, func(url string) string { return url + "/other" })
	for issuer, want := range map[string]string{other: "says that the issuer is", "http://127.0.0.1:1": "read http://127.0.0.1:1/.well-known/openid-configuration"} {
		w := newWorld(t, "unusable")
		w.settings["PARAMETERS"] = "OidcIssuer=" + issuer
		if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), "OidcClientIds") {
			t.Errorf("%s, without a client: %v", issuer, err)
		}
		w.settings["PARAMETERS"] += " OidcClientIds=console"
		if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", issuer, err)
		}
		if state := w.state(); state != nil {
			t.Errorf("%s: there is a stack: %v", issuer, state)
		}
	}
}

func TestExternalProviderHasTheClientsOfTheStack(t *testing.T) {
	found := func(clients string) *stack {
		return &stack{parameters: map[string]string{"OidcClientIds": clients}, outputs: map[string]string{"SignInScope": "openid email profile offline_access "}}
	}
	d := discovered{provider: provider{Issuer: "https://id.example", EndSessionEndpoint: "https://id.example/end"}}
	want := d.provider
	want.ClientID, want.Scope = "console", "openid email profile offline_access"
	if diff := cmp.Diff(want, d.of(found("console"))); diff != "" {
		t.Errorf("one client (-want +got):\n%s", diff)
	}
	want.CommandLineClientID = "line"
	if diff := cmp.Diff(want, d.of(found("console,line"))); diff != "" {
		t.Errorf("two clients (-want +got):\n%s", diff)
	}

	for issuer, is := range map[string]bool{
		"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc": true, "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_abc": true,
		"https://cognito-idp.example.com/": false, "https://id.example/cognito-idp.amazonaws.com": false,
	} {
		d.Issuer = issuer
		p := d.of(found("console"))
		if (p.Provider == "cognito") != is || (p.Scope == "openid email profile") != is {
			t.Errorf("%s: %+v", issuer, p)
		}
	}
}
