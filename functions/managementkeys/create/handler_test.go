package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestManagementKeyMakesNoOwner(t *testing.T) {
	e := storetest.Open(t)
	h := handler{managementKeys: managementkeystore.New(e.Table()), now: time.Now, random: rand.Reader}
	machine := auth.Principal{Kind: api.ManagementKey, ID: "mgk_0123456789abcdef", Tenant: "acme", Role: api.Owner}
	got, err := h.create(t.Context(), machine, api.CreateManagementKeyRequest{Name: "ci", Role: api.Owner})
	if !problem.Is(err, problem.Forbidden) || got.Secret != "" || len(e.Items(t)) > 0 {
		t.Errorf("%v and %d items, want forbidden and none", err, len(e.Items(t)))
	}
}

func TestSecretIsInTheAnswerAndItsDigestInTheStore(t *testing.T) {
	store := managementkeystore.New(storetest.Open(t).Table())
	h := handler{managementKeys: store, now: time.Now, random: rand.Reader}
	got, err := h.create(t.Context(), storetest.Owner("acme"), api.CreateManagementKeyRequest{Name: "ci", Role: api.Verifier})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := accesskey.Parse(string(got.Secret))
	if err != nil || !secret.IsManagement() || got.ManagementKey.ID != api.ManagementKeyPrefix+secret.ID() {
		t.Fatalf("the secret of %s does not fit: %v", got.ManagementKey.ID, err)
	}
	found, err := store.Find(t.Context(), got.ManagementKey.ID)
	if err != nil || !secret.Digest().Matches(found.Digest) || found.Principal.Tenant != "acme" || found.Principal.Role != api.Verifier {
		t.Errorf("kept is %+v, %v", found.Principal, err)
	}
}
