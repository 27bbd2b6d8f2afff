package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
	return slices.Contains([]string{"GET", "HEAD", "GetCallerIdentity", "DescribeStacks", "AdminListGroupsForUser"}, method)
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
