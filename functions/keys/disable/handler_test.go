package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestDisabledKeyIsToldSo(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{keys: keystore.New(db), now: time.Now, random: rand.Reader}
	_, _, secret := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + secret.ID()
	refused := func(tenant, id string, code problem.Code) {
		t.Helper()
		if got, err := h.disable(t.Context(), storetest.Owner(tenant), api.KeyID{ID: id}); !problem.Is(err, code) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want %s", id, tenant, got, err, code)
		}
	}
	refused("other", id, problem.NotFound)
	refused("acme", "key_0123456789abcdef", problem.NotFound)
	got, err := h.disable(t.Context(), storetest.Owner("acme"), api.KeyID{ID: id})
	if err != nil || got.ID != id || got.Status != api.KeyDisabled || got.May("disable") || !got.May("enable") {
		t.Errorf("%+v, %v", got, err)
	}
	refused("acme", id, problem.WrongState)
}
