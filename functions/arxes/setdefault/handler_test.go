package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestDefaultIsReturnedAndCannotBeSetAgain(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{arxes: arxstore.New(db), counts: countstore.New(db), now: time.Now, random: rand.Reader}
	storetest.Arx(t, db, "acme", "EU")
	by, arx := storetest.Owner("acme"), storetest.Arx(t, db, "acme", "US")
	refused := func(tenant, id string, code problem.Code) {
		t.Helper()
		if got, err := h.setDefault(t.Context(), storetest.Owner(tenant), api.Target{ID: id}); !problem.Is(err, code) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want %s", id, tenant, got, err, code)
		}
	}
	refused("other", arx.ID, problem.NotFound)
	refused("acme", "arx_0123456789abcdef", problem.NotFound)
	stale := api.Target{ID: arx.ID, Conditional: api.IfVersion("7")}
	if _, err := h.setDefault(t.Context(), by, stale); !problem.Is(err, problem.Changed) {
		t.Errorf("with an outdated ETag: %v, want changed_meanwhile", err)
	}
	got, err := h.setDefault(t.Context(), by, api.Target{ID: arx.ID})
	if err != nil || !got.IsDefault || got.Version != "2" {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.May("setdefault") || got.Why["setdefault"] != arxes.IsDefault || got.May("delete") || got.Why["delete"] != arxes.DefaultStays {
		t.Errorf("permits %+v", got.Permits)
	}
	refused("acme", arx.ID, problem.WrongState)
}
