package main

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
)

func TestGetIsLimitedToTheTenant(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{arxes: arxstore.New(db), counts: countstore.New(db), uses: usestore.New(db), now: time.Now}
	_, arx, _ := storetest.Key(t, db, "acme")
	storetest.Arx(t, db, "acme", "US")
	for _, refused := range []struct{ tenant, id string }{{"other", arx.ID}, {"acme", "arx_0123456789abcdef"}, {"acme", "US"}} {
		if got, err := h.get(t.Context(), storetest.Owner(refused.tenant), api.ArxID{ID: refused.id}); !problem.Is(err, problem.NotFound) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want not_found", refused.id, refused.tenant, got, err)
		}
	}
	got, err := h.get(t.Context(), storetest.Owner("acme"), api.ArxID{ID: arx.ID})
	if err != nil || got.Name != "EU" || got.Keys != (api.KeyTotals{Total: 1, Active: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	if !got.IsDefault || got.May("delete") || got.Why["delete"] != arxes.DefaultStays {
		t.Errorf("the default of two: %+v", got.Permits)
	}
}
