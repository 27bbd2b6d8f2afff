package main

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
)

func TestGetIsLimitedToTheTenant(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{applications: applicationstore.New(db), counts: countstore.New(db), uses: usestore.New(db), now: time.Now}
	app, arx, _ := storetest.Key(t, db, "acme")
	for _, refused := range []struct{ tenant, id string }{{"other", app.ID}, {"acme", "app_0123456789abcdef"}, {"acme", arx.ID}, {"acme", "Billing"}} {
		if got, err := h.get(t.Context(), storetest.Owner(refused.tenant), api.ApplicationID{ID: refused.id}); !problem.Is(err, problem.NotFound) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want not_found", refused.id, refused.tenant, got, err)
		}
	}
	got, err := h.get(t.Context(), storetest.Owner("acme"), api.ApplicationID{ID: app.ID})
	if err != nil || got.Name != "Billing" || got.Keys != (api.KeyTotals{Total: 1, Active: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
}
