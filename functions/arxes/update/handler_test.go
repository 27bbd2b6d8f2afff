package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestWhatWasSeenMayBeNamed(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{arxes: arxstore.New(db), counts: countstore.New(db), now: time.Now, random: rand.Reader}
	by, arx := storetest.Owner("acme"), storetest.Arx(t, db, "acme", "EU")
	req := api.UpdateArxRequest{ID: arx.ID, Endpoint: api.Set("https://arx.example"), Conditional: api.Conditional{IfMatch: `"1"`}}
	got, err := h.update(t.Context(), by, req)
	if err != nil || got.Endpoint != "https://arx.example" || got.Name != "EU" || got.Version != "2" || !got.IsDefault || !got.May("update") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := h.update(t.Context(), by, req); !problem.Is(err, problem.Changed) {
		t.Errorf("with what it was before: %v, want changed", err)
	}
	if _, err := h.update(t.Context(), storetest.Owner("other"), req); !problem.Is(err, problem.NotFound) {
		t.Errorf("by another tenant: %v, want not_found", err)
	}
}
