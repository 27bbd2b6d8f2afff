package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestManagementKeyCannotCreateAnOwners(t *testing.T) {
	e := storetest.Open(t)
	h := handler{managementKeys: managementkeystore.New(e.Table()), now: time.Now, random: rand.Reader}
	machine := auth.Principal{Kind: api.ManagementKey, ID: "mgk_0123456789abcdef", Tenant: "acme", Role: api.Owner}
	got, err := h.create(t.Context(), machine, api.CreateManagementKeyRequest{Name: "ci", Role: api.Owner})
	if !problem.Is(err, problem.Forbidden) || got.Secret != nil || len(e.Items(t)) > 0 {
		t.Errorf("%v and %d items, want forbidden and none", err, len(e.Items(t)))
	}
}

func TestSecretIsReturnedAndItsDigestStored(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{managementKeys: managementkeystore.New(db), now: time.Now, random: rand.Reader}
	got, err := h.create(t.Context(), storetest.Owner("acme"), api.CreateManagementKeyRequest{Name: "ci", Role: api.Verifier})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := accesskey.Parse(string(*got.Secret))
	if err != nil || !secret.IsManagement() || got.ManagementKey.ID != api.ManagementKeyPrefix+secret.ID() {
		t.Fatalf("the secret of %s does not match: %v", got.ManagementKey.ID, err)
	}
	found, err := callerstore.New(db).Find(t.Context(), got.ManagementKey.ID)
	if err != nil || !secret.Digest().Matches(found.Digest) || found.Principal.Tenant != "acme" || found.Principal.Role != api.Verifier {
		t.Errorf("stored %+v, %v", found.Principal, err)
	}
}

func TestRepeatedRequestCreatesOneKeyAndReturnsNoSecret(t *testing.T) {
	db := storetest.Open(t).Table()
	store := managementkeystore.New(db)
	h := handler{managementKeys: store, requests: requeststore.Open(db), now: time.Now, random: rand.Reader}
	by := storetest.Owner("acme")
	req := api.CreateManagementKeyRequest{Idempotent: api.Idempotent{IdempotencyKey: "once"}, Name: "ci", Role: api.Admin}
	first, err := h.create(t.Context(), by, req)
	if err != nil || first.Secret == nil || first.IsReplay() {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := h.create(t.Context(), by, req)
	if err != nil || again.ManagementKey.ID != first.ManagementKey.ID || again.Secret != nil || again.Notice == "" || !again.IsReplay() {
		t.Errorf("again: %+v, %v", again, err)
	}
	_, totals, _, err := store.List(t.Context(), "acme", api.ListManagementKeysRequest{}, time.Now())
	if err != nil || totals.Total != 1 {
		t.Errorf("totals %+v, %v", totals, err)
	}
	other := req
	other.Name = "other"
	if _, err := h.create(t.Context(), by, other); !problem.Is(err, problem.InvalidField) {
		t.Errorf("the same idempotency key with another body: %v, want invalid_field", err)
	}
	if _, err := h.create(t.Context(), auth.Principal{Kind: api.Person, ID: "p-2", Tenant: "acme", Role: api.Owner}, other); err != nil {
		t.Errorf("the same idempotency key of another owner: %v", err)
	}
}
