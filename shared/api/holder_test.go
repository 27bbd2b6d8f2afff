package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
)

func holder() api.Holder {
	expires := time.Date(2027, 1, 31, 0, 0, 0, 123000000, time.UTC)
	return api.Holder{
		Tenant:      "acme",
		Key:         api.HeldKey{ID: "key_0123456789abcdef", Name: `"nightly" é`, Scopes: []string{"invoices:read", "quotes:*"}, ExpiresAt: &expires},
		Application: api.VerifiedApplication{ID: "app_0123456789abcdef", Name: "Billing"},
		Arx:         api.HeldArx{ID: "arx_0123456789abcdef", Name: "EU"},
	}
}

// handedOn returns the holder's context in API Gateway's format.
func handedOn(h api.Holder) map[string]any {
	context := map[string]any{}
	for name, value := range h.Context() {
		context[name] = value
	}
	return context
}

func TestHolderRoundTripsThroughTheContext(t *testing.T) {
	plain := holder()
	plain.Key.ExpiresAt, plain.Key.Name, plain.Key.Scopes = nil, "", []string{}
	for _, want := range []api.Holder{holder(), plain} {
		got, ok := api.HolderFrom(handedOn(want))
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%t (-want +got):\n%s", ok, diff)
		}
	}
}

func TestIncompleteHolderIsRejected(t *testing.T) {
	for _, name := range []string{"tenant", "key_id", "application_id", "arx_id"} {
		for _, value := range []any{nil, "", 1.0, true, []any{"key_0123456789abcdef"}} {
			context := handedOn(holder())
			context[name] = value
			if h, ok := api.HolderFrom(context); ok || h.Key.ID != "" {
				t.Errorf("with %s %v it is %+v", name, value, h)
			}
		}
	}
	context := handedOn(holder())
	context["expires_at"] = "never"
	if _, ok := api.HolderFrom(context); ok {
		t.Error("a malformed expiry is accepted")
	}
	if _, ok := api.HolderFrom(nil); ok {
		t.Error("an empty context has a holder")
	}
}

// API Gateway's smallest limit for an authorizer's response is 8 KB.
func TestLongestHolderFitsIntoAPIGateway(t *testing.T) {
	h := holder()
	h.Tenant = strings.Repeat("t", 63)
	wide := strings.Repeat("\U0001F511", api.MaxNameRunes)
	h.Key.Name, h.Application.Name, h.Arx.Name = wide, wide, wide
	h.Key.Scopes = nil
	for range api.MaxScopes {
		h.Key.Scopes = append(h.Key.Scopes, strings.Repeat("s", 64))
	}
	size := 0
	for name, value := range h.Context() {
		size += len(name) + len(value) + len(`"":"",`)
	}
	if size > 6<<10 { // the rest is for the policy
		t.Errorf("it has %d bytes", size)
	}
}
