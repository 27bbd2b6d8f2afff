//go:build !js

package client_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// TestMiddlewareOnAStack protects an API with keys of a running stack. `make test-clients` starts one, and sets the
// variables.
func TestMiddlewareOnAStack(t *testing.T) {
	base, credential := os.Getenv("ARXKEYS_API"), os.Getenv("ARXKEYS_CREDENTIAL")
	if base == "" {
		t.Skip("ARXKEYS_API is not set: make test-clients sets it")
	}
	c := &client.Client{BaseURL: base, Authorization: func(context.Context) (string, error) { return credential, nil }}
	app := called(t, c, api.CreateApplication, api.CreateApplicationRequest{Name: "Go client " + rand.Text(), Technology: api.Server})
	arx := called(t, c, api.CreateArx, api.CreateArxRequest{Name: "Go client " + rand.Text(), Regions: []string{"eu-central-1"}})
	other := called(t, c, api.CreateArx, api.CreateArxRequest{Name: "Go client, other " + rand.Text(), Regions: []string{"eu-central-1"}})
	create := func(arx string, set func(*api.CreateKeyRequest)) (id, key string) {
		req := api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx, Scopes: []string{"pets:read"}}
		if set != nil {
			set(&req)
		}
		created := called(t, c, api.CreateKey, req)
		return created.Key.ID, string(*created.AccessKey)
	}
	management := string(*called(t, c, api.CreateManagementKey, api.CreateManagementKeyRequest{Name: "Go client " + rand.Text(), Role: api.Verifier}).Secret)
	guarded := func(base, management string, scopes ...string) http.Handler {
		asks, err := client.NewVerifier(base, management, client.Options{Timeout: otherwise})
		if err != nil {
			t.Fatal(err)
		}
		return asks.Middleware(client.Guard{Arx: arx.ID, Scopes: scopes, ClientIP: client.ConnectionIP})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if verdict, ok := client.VerdictFrom(r.Context()); !ok || verdict.Application.ID != app.ID || verdict.Arx.ID != arx.ID {
				t.Errorf("verdict %+v", verdict)
			}
		}))
	}
	protected := guarded(base, management, "pets:read")
	want := func(name string, h http.Handler, key string, status int, headers ...string) {
		t.Helper()
		r := httptest.NewRequest("GET", "/pets", nil)
		if key != "" {
			r.Header.Set("Authorization", "Bearer of-the-application")
			r.Header.Set("X-Api-Key", key)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, status)
		}
		for _, header := range headers {
			if w.Header().Get(header) == "" {
				t.Errorf("%s: no header %s", name, header)
			}
		}
	}
	id, key := create(arx.ID, nil)
	want("a valid key", protected, key, 200)
	want("no key", protected, "", 401, "WWW-Authenticate")
	want("a mistyped key", protected, key[:len(key)-1]+"_", 401, "WWW-Authenticate")
	want("without the scope", guarded(base, management, "pets:write"), key, 403)
	_, elsewhere := create(other.ID, nil)
	want("a key of another Arx", protected, elsewhere, 403)
	_, here := create(arx.ID, func(r *api.CreateKeyRequest) { r.AllowedIPs = []string{"192.0.2.0/24"} }) // of httptest's requests
	want("an address that is allowed", protected, here, 200)
	_, there := create(arx.ID, func(r *api.CreateKeyRequest) { r.AllowedIPs = []string{"198.51.100.0/24"} })
	want("an address that is not allowed", protected, there, 403)
	_, fast := create(arx.ID, func(r *api.CreateKeyRequest) {
		r.RateLimit = &api.RateLimit{Limit: 1, WindowSeconds: api.MaxWindowSeconds}
	})
	want("within the rate limit", protected, fast, 200, "RateLimit", "RateLimit-Policy")
	want("over the rate limit", protected, fast, 429, "RateLimit", "RateLimit-Policy", "Retry-After")
	_, used := create(arx.ID, func(r *api.CreateKeyRequest) { r.RemainingUses = new(1) })
	want("the last use", protected, used, 200)
	want("no uses left", protected, used, 429, "Retry-After")
	called(t, c, api.DisableKey, api.Target{ID: id})
	want("a disabled key", protected, key, 403)
	called(t, c, api.EnableKey, api.Target{ID: id})
	want("an enabled key", protected, key, 200)
	called(t, c, api.DeleteKey, api.Target{ID: id})
	want("a deleted key", protected, key, 401)

	stranger := management[:len(management)-1] + "_"
	want("a wrong management key", guarded(base, stranger), fast, 503, "Retry-After")
	asks, err := client.NewVerifier(base, stranger, client.Options{Timeout: otherwise})
	if err != nil {
		t.Fatal(err)
	}
	_, err = asks.Verify(t.Context(), fast, client.Question{Arx: arx.ID})
	if undecided, ok := errors.AsType[*client.UndecidedError](err); !ok || undecided.Status != 401 || undecided.RequestID == "" || strings.Contains(err.Error(), stranger) {
		t.Errorf("a wrong management key: %v", err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	want("the API is down", guarded(gone.URL, management), fast, 503, "Retry-After")
}

// called calls the operation.
func called[Req api.Request, Res any](t *testing.T, c *client.Client, op api.Operation[Req, Res], req Req) Res {
	t.Helper()
	res, err := client.Call(t.Context(), c, op, req)
	if err != nil {
		t.Fatalf("%s: %v", op.Name, err)
	}
	return res
}
