package main

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestGetIsLimitedToTheTenant(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{keys: keystore.New(db), now: time.Now}
	app, arx, secret := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + secret.ID()
	for _, refused := range []struct{ tenant, id string }{{"other", id}, {"acme", "key_0123456789abcdef"}, {"acme", app.ID}} {
		if got, err := h.get(t.Context(), storetest.Owner(refused.tenant), api.KeyID{ID: refused.id}); !problem.Is(err, problem.NotFound) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want not_found", refused.id, refused.tenant, got, err)
		}
	}
	got, err := h.get(t.Context(), storetest.Owner("acme"), api.KeyID{ID: id})
	if err != nil || got.Application.Name != app.Name || got.Arx.ID != arx.ID || got.Status != api.KeyActive || !got.May("delete") {
		t.Errorf("%+v, %v", got, err)
	}
}
