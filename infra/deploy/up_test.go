package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/google/go-cmp/cmp"
)

func TestUpDeploysEverything(t *testing.T) {
	w := newWorld(t, "whole")
	out := w.must("up")
	state := w.state()
	const forever = "public, max-age=31536000, immutable"
	for name, want := range map[string]string{
		"status":                            "COMPLETE",
		"parameter ConsoleUrl":              "{ConsoleUrl}",
		"parameter EdgeSecret":              "64 characters",
		"parameter EdgeSecretSince":         "today",
		"object index.html":                 "text/html; charset=utf-8  no-cache <script src=/web/app.0000000000.wasm>",
		"object index.html.br":              "text/html; charset=utf-8 br no-cache br of <script src=/web/app.0000000000.wasm>",
		"object web/app.0000000000.wasm":    "application/wasm  " + forever + " program 0",
		"object web/app.0000000000.wasm.br": "application/wasm br " + forever + " br of program 0",
		"object web/app.0000000000.wasm.gz": "application/wasm gzip " + forever + " gzip of program 0",
		"object web/icons.svg":              "image/svg+xml  no-cache <svg/>",
		"object web/icon-192.png":           "image/png  no-cache png",
		"object config.json":                `application/json  no-cache {"provider":"cognito","issuer":"https://issuer.example","authorization_endpoint":"https://sign-in.example/oauth2/authorize","token_endpoint":"https://sign-in.example/oauth2/token","end_session_endpoint":"https://sign-in.example/logout","revocation_endpoint":"https://sign-in.example/oauth2/revoke","client_id":"{ConsoleClientId}","command_line_client_id":"line","scope":"openid email profile"}`,
		"person ann@example.com":            "FORCE_CHANGE_PASSWORDtruemap[owner:true]",
	} {
		if state[name] != want {
			t.Errorf("%s is %q, want %q", name, state[name], want)
		}
	}
	for _, want := range []string{"creating the stack whole", "costs about", "Arxkeys is at http", "sign in as ann@example.com"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not print %q:\n%s", want, out)
		}
	}
}

// reads are the requests that change nothing.
func reads(request string) bool {
	method, _, _ := strings.Cut(request, " ")
	return slices.Contains([]string{"GET", "HEAD", "GetCallerIdentity", "DescribeStacks", "AdminGetUser", "AdminListGroupsForUser", "ListUsersInGroup"}, method)
}

func TestSecondUpChangesNothing(t *testing.T) {
	w := newWorld(t, "twice")
	w.must("up")
	if !slices.ContainsFunc(w.requests, func(r string) bool { return strings.HasPrefix(r, "PUT ") }) {
		t.Fatalf("the first run uploads nothing: %q", w.requests)
	}
	before := w.state()
	out := w.must("up")
	for _, r := range w.requests {
		if !reads(r) {
			t.Errorf("the second run sends %s", r)
		}
	}
	if !strings.Contains(out, "No changes to deploy") || !strings.Contains(out, " 0 uploaded, 0 of old releases deleted") {
		t.Errorf("it prints\n%s", out)
	}
	if diff := cmp.Diff(before, w.state()); diff != "" {
		t.Errorf("the second run changes %s", diff)
	}
}

// A run that is interrupted at any request, before it reaches AWS or before its response comes back, is completed by
// the next one. The requests include the begin and the end of each run of the SAM CLI.
func TestUpCompletesWhatWasInterrupted(t *testing.T) {
	w := newWorld(t, "undisturbed")
	w.must("up")
	want, requests := w.state(), len(w.requests)
	if requests < 40 {
		t.Fatalf("%d requests: %q", requests, w.requests)
	}
	for at := 1; at <= requests; at++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d %t", at, after), func(t *testing.T) {
				w := newWorld(t, fmt.Sprintf("interrupted-%d-%t", at, after))
				out, err := w.run("up", at, after)
				if err == nil {
					t.Fatalf("not interrupted:\n%s", out)
				}
				last := w.requests[len(w.requests)-1]
				w.must("up")
				if diff := cmp.Diff(want, w.state()); diff != "" {
					t.Errorf("interrupted at %s: %s", last, diff)
				}
			})
		}
	}
}

func TestDomainIsTheConsolesAddress(t *testing.T) {
	w := newWorld(t, "domain")
	w.settings["DOMAIN"] = "keys.example.com"
	if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), "CERTIFICATE") {
		t.Errorf("without a certificate: %v", err)
	}
	s, err := open(settled(w.settings), nil, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	s.certificate, s.zone = "arn:aws:acm:us-east-1:123456789012:certificate/1", "Z1"
	got, err := s.overrides(t.Context(), &stack{parameters: map[string]string{"EdgeSecret": "****", "EdgeSecretSince": "2026-03-01"}})
	want := map[string]string{"ConsoleDomain": "keys.example.com", "ConsoleUrl": "https://keys.example.com", "CertificateArn": s.certificate, "HostedZoneId": "Z1"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	// A secret of a release that did not record the day counts from now.
	if got, err := s.overrides(t.Context(), &stack{parameters: map[string]string{"EdgeSecret": "****"}}); err != nil || got["EdgeSecretSince"] != today() || got["EdgeSecret"] != "" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestNewStackIsProtectedOnceItIsComplete(t *testing.T) {
	w := newWorld(t, "protected")
	w.must("up")
	if got := w.state()["parameter DeletionProtection"]; got != "true" {
		t.Errorf("DeletionProtection is %q", got)
	}
	w.settings["PARAMETERS"] = "DeletionProtection=false"
	w.must("up")
	if got := w.state()["parameter DeletionProtection"]; got != "false" {
		t.Errorf("as the parameter says, DeletionProtection is %q", got)
	}
}

func TestParametersAreKeptUntilTheyChange(t *testing.T) {
	w := newWorld(t, "kept")
	w.settings["PARAMETERS"] = "GateTtl=0s TenantClaim=tenant"
	if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), "TENANT") {
		t.Errorf("without the owner's tenant: %v", err)
	}
	w.settings["TENANT"] = "acme"
	w.must("up")
	found, err := w.aws.find(t.Context(), w.stack)
	if err != nil {
		t.Fatal(err)
	}
	secret := found.parameters["EdgeSecret"]
	w.settings["PARAMETERS"] = "GateTtl=1s"
	w.must("up")
	if found, err = w.aws.find(t.Context(), w.stack); err != nil {
		t.Fatal(err)
	}
	if p := found.parameters; p["GateTtl"] != "1s" || p["TenantClaim"] != "tenant" || p["EdgeSecret"] != secret {
		t.Errorf("the parameters are %v", p)
	}
	w.settings["PARAMETERS"] = "GateTTL=1s"
	if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), `no parameter "GateTTL"`) {
		t.Errorf("an unknown parameter: %v", err)
	}
}

func TestOwnerWhoExistsJoinsTheGroup(t *testing.T) {
	w := newWorld(t, "owners")
	w.must("up")
	pool := w.deployed()["UserPoolId"]
	if err := w.aws.invite(t.Context(), pool, "bob@example.com", ""); err != nil {
		t.Fatal(err)
	}
	w.settings["ADMIN_EMAIL"] = "bob@example.com"
	if out := w.must("up"); strings.Contains(out, "invitation to bob") || !strings.Contains(out, "bob@example.com is an owner") {
		t.Errorf("it prints\n%s", out)
	}
	state := w.state()
	for _, person := range []string{"ann@example.com", "bob@example.com"} {
		if !strings.Contains(state["person "+person], "owner:true") {
			t.Errorf("%s is %s", person, state["person "+person])
		}
	}
}

// A run that was interrupted before it made an owner, and is repeated without ADMIN_EMAIL, does not leave a console that
// nobody can use.
func TestStackWithoutOwnerIsNotComplete(t *testing.T) {
	w := newWorld(t, "ownerless")
	w.must("up")
	w.settings["ADMIN_EMAIL"] = ""
	w.must("up")
	for _, r := range w.requests {
		if !reads(r) {
			t.Errorf("it sends %s", r)
		}
	}
	pool, email, owner := w.deployed()["UserPoolId"], "ann@example.com", "owner"
	if _, err := w.aws.people.AdminRemoveUserFromGroup(t.Context(), &cognitoidentityprovider.AdminRemoveUserFromGroupInput{UserPoolId: &pool, Username: &email, GroupName: &owner}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), "add ADMIN_EMAIL") {
		t.Errorf("without an owner: %v", err)
	}
	if _, err := w.aws.people.AdminDisableUser(t.Context(), &cognitoidentityprovider.AdminDisableUserInput{UserPoolId: &pool, Username: &email}); err != nil {
		t.Fatal(err)
	}
	w.settings["ADMIN_EMAIL"] = email
	if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), "make person EMAIL="+email+" ROLE=owner") {
		t.Errorf("an owner who was removed: %v", err)
	}
}
