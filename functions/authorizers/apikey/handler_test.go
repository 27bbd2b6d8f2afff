package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/authorizer"
)

const (
	theArx = "arx_0123456789abcdef"
	theKey = "key_0123456789abcdef"
)

// verdict is a verifier that always returns the same verdict, and records its input.
type verdict struct {
	says   api.Verification
	err    error
	tenant string
	asked  *api.VerifyKeyRequest
}

func (v *verdict) Verify(_ context.Context, tenant string, req api.VerifyKeyRequest) (api.Verification, error) {
	v.tenant, v.asked = tenant, &req
	return v.says, v.err
}

// good returns the verdict on a valid key.
func good() api.Verification {
	return api.Verification{
		Valid: true, Code: api.CodeValid, Tenant: "acme",
		Key:         &api.VerifiedKey{ID: theKey, Name: "nightly", Scopes: []string{"pets:*", "owners:read"}},
		Application: &api.VerifiedApplication{ID: "app_0123456789abcdef", Name: "Billing"},
		Arx:         &api.VerifiedArx{ID: theArx, Name: "EU"},
	}
}

var strict = settings{arxID: theArx, tenant: "acme", required: map[string][]string{"GET /pets/{id}": {"pets:read"}, "GET /": {}}}

func question() authorizer.Question {
	return authorizer.Question{Route: "GET /pets/{id}", Key: "arxk_prd_0", Address: "203.0.113.7", Origin: "https://shop.example"}
}

func TestOnlyAValidVerdictAllows(t *testing.T) {
	for _, code := range api.Codes() {
		known := good()
		known.Valid, known.Code = false, code
		bare := api.Verification{Code: code}
		for _, says := range []api.Verification{known, bare} {
			answer, err := handler{&verdict{says: says}, strict}.decide(t.Context(), question())
			switch {
			case answer.Allow || answer.Context != nil:
				t.Errorf("%+v allows %+v", says, answer)
			case code == api.CodeValid && err == nil, code != api.CodeValid && (err != nil || answer.Code != string(code)):
				t.Errorf("%+v: %+v, %v", says, answer, err)
			}
		}
	}
}

func TestInconsistentVerdictIsAnError(t *testing.T) {
	for name, change := range map[string]func(*api.Verification){
		"valid with another code": func(v *api.Verification) { v.Code = api.CodeExpired },
		"no code":                 func(v *api.Verification) { v.Valid, v.Code = false, "" },
		"valid without a key":     func(v *api.Verification) { v.Key = nil },
		"valid without an Arx":    func(v *api.Verification) { v.Arx = nil },
		"without an application":  func(v *api.Verification) { v.Application = nil },
		"another Arx":             func(v *api.Verification) { v.Arx.ID = "arx_fedcba9876543210" },
		"another tenant":          func(v *api.Verification) { v.Tenant = "other" },
		"without a tenant":        func(v *api.Verification) { v.Tenant = "" },
	} {
		says := good()
		change(&says)
		if answer, err := (handler{&verdict{says: says}, strict}).decide(t.Context(), question()); err == nil || answer.Allow {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
	down := errors.New("the store is down")
	if answer, err := (handler{&verdict{says: good(), err: down}, strict}).decide(t.Context(), question()); !errors.Is(err, down) || answer.Allow {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestUnlistedRoutesAndLongKeysAreRefusedWithoutARead(t *testing.T) {
	for code, change := range map[string]func(*authorizer.Question){
		"ROUTE_NOT_LISTED": func(q *authorizer.Question) { q.Route = "DELETE /pets/{id}" },
		"MALFORMED":        func(q *authorizer.Question) { q.Key = strings.Repeat("a", 513) },
	} {
		v, q := &verdict{says: good()}, question()
		change(&q)
		answer, err := handler{v, strict}.decide(t.Context(), q)
		if err != nil || answer.Allow || answer.Code != code || v.asked != nil {
			t.Errorf("%+v, %v, asked %+v", answer, err, v.asked)
		}
	}
	v, q := &verdict{says: good()}, question()
	q.Origin = "https://" + strings.Repeat("a", 300)
	if answer, err := (handler{v, settings{everything, everything, nil}}).decide(t.Context(), q); err != nil || answer.Allow || v.asked != nil {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestVerifierReceivesTheSettings(t *testing.T) {
	check := func(s settings, route, tenant string, want api.VerifyKeyRequest) {
		t.Helper()
		v, q := &verdict{says: good()}, question()
		q.Route = route
		answer, err := handler{v, s}.decide(t.Context(), q)
		if err != nil || !answer.Allow || answer.KeyID != theKey || v.tenant != tenant {
			t.Errorf("%+v, %v, for the tenant %s", answer, err, v.tenant)
		}
		if diff := cmp.Diff(&want, v.asked); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		wantContext := map[string]string{
			"tenant": "acme", "key_id": theKey, "key_name": "nightly", "scopes": "pets:* owners:read",
			"application_id": "app_0123456789abcdef", "application_name": "Billing", "arx_id": theArx, "arx_name": "EU",
		}
		if diff := cmp.Diff(wantContext, answer.Context); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	asks := api.VerifyKeyRequest{Key: "arxk_prd_0", ArxID: theArx, Scopes: []string{"pets:read"}, IP: "203.0.113.7", Origin: "https://shop.example"}
	check(strict, "GET /pets/{id}", "acme", asks)
	asks.Scopes = []string{}
	check(strict, "GET /", "acme", asks)
	asks.ArxID, asks.Scopes = "", nil
	check(settings{everything, everything, nil}, "$default", "*", asks)
}
