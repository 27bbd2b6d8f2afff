package main

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func newHandler(t *testing.T) handler {
	db := storetest.Open(t).Table()
	return handler{arxes: arxstore.New(db), requests: requeststore.Open(db), now: time.Now, random: rand.Reader}
}

func request(name string) api.CreateArxRequest {
	return api.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}}
}

func TestTakenNameIsRefused(t *testing.T) {
	h, by := newHandler(t), storetest.Owner("acme")
	if _, err := h.create(t.Context(), by, request("EU")); err != nil {
		t.Fatal(err)
	}
	got, err := h.create(t.Context(), by, request(" eu "))
	if !problem.Is(err, problem.NameTaken) || !strings.Contains(problem.Of(err).Detail, "called EU.") || got.ID != "" {
		t.Errorf("%+v, %v, want name_taken with the other's name", got, err)
	}
	if _, err := h.create(t.Context(), storetest.Owner("other"), request("EU")); err != nil {
		t.Errorf("in another tenant: %v", err)
	}
}

func TestFirstArxIsTheDefault(t *testing.T) {
	h, by := newHandler(t), storetest.Owner("acme")
	first, err := h.create(t.Context(), by, request("EU"))
	if err != nil || !first.IsDefault || !first.May("delete") || first.Purpose != api.Development || first.Owner != by.Name {
		t.Errorf("the first: %+v, %v", first, err)
	}
	second, err := h.create(t.Context(), by, request("US"))
	if err != nil || second.IsDefault || !second.May("delete") {
		t.Errorf("the second: %+v, %v", second, err)
	}
}

func TestRepeatedRequestCreatesOneArx(t *testing.T) {
	h, by := newHandler(t), storetest.Owner("acme")
	req := request("EU")
	req.IdempotencyKey = "k-1"
	first, err := h.create(t.Context(), by, req)
	if err != nil || first.Replayed {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := h.create(t.Context(), by, req)
	if err != nil || again.ID != first.ID || !again.Replayed || !again.IsDefault {
		t.Errorf("again: %+v, %v", again, err)
	}
	other := req
	other.Name = "US"
	if _, err := h.create(t.Context(), by, other); !problem.Is(err, problem.InvalidField) {
		t.Errorf("with another body: %v, want invalid_field", err)
	}
}
