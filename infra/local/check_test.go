package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

// The check of a deployed table finds the endpoint and the credentials as AWS's tools do, and calls exactly what
// infra/deploy/check-policy.json allows, on that table.
func TestCheckOfADeployedTableNeedsItsPolicy(t *testing.T) {
	text, err := os.ReadFile("../deploy/check-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Statement []struct{ Action []string }
	}
	if err := json.Unmarshal(text, &policy); err != nil || len(policy.Statement) != 1 {
		t.Fatalf("%+v, %v", policy, err)
	}
	e := storetest.Open(t)
	app, arx, _ := storetest.Key(t, e.Table(), "acme")
	storetest.ExpiringKey(t, e.Table(), app, arx, time.Now().Add(time.Hour))

	options := e.Client.Options()
	engine, err := url.Parse(*options.BaseEndpoint)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(engine)
	var mu sync.Mutex
	called := map[string]bool{}
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		mu.Lock()
		called["dynamodb:"+action] = true
		mu.Unlock()
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(endpoint.Close)
	credentials, err := options.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", credentials.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", credentials.SecretAccessKey)

	var out strings.Builder
	if err := run(t.Context(), []string{"check", "-region", "eu-central-1", "-table", e.Name}, environment(), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if want := "check: the table " + e.Name + " is consistent\n"; out.String() != want {
		t.Errorf("it prints %q, want %q", out.String(), want)
	}
	if allowed := policy.Statement[0].Action; len(called) != len(allowed) || slices.ContainsFunc(allowed, func(a string) bool { return !called[a] }) {
		t.Errorf("it calls %v, and the policy allows %q", called, allowed)
	}
}
