package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestDeletedKeyIsToldSoAndStaysSo(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{keys: keystore.New(db), now: time.Now, random: rand.Reader}
	app, _, secret := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + secret.ID()
	refused := func(tenant, id string, code problem.Code) {
		t.Helper()
		if got, err := h.delete(t.Context(), storetest.Owner(tenant), api.KeyID{ID: id}); !problem.Is(err, code) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want %s", id, tenant, got, err, code)
		}
	}
	refused("other", id, problem.NotFound)
	refused("acme", "key_0123456789abcdef", problem.NotFound)
	got, err := h.delete(t.Context(), storetest.Owner("acme"), api.KeyID{ID: id})
	if err != nil || got.ID != id || got.Status != api.KeyDeleted || got.May("delete") || got.Application.Name != app.Name {
		t.Errorf("%+v, %v", got, err)
	}
	refused("acme", id, problem.WrongState)
	credential, err := credentialstore.Find(t.Context(), db, id)
	if err != nil || len(credential.Digest) > 0 || credential.State != api.KeyDeleted {
		t.Errorf("its credential is %s, with a digest of %d bytes: %v", credential.State, len(credential.Digest), err)
	}
}
