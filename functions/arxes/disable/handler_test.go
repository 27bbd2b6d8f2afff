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

func TestDisabledArxTellsWhatIsLeftToDo(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{arxes: arxstore.New(db), counts: countstore.New(db), now: time.Now, random: rand.Reader}
	_, arx, _ := storetest.Key(t, db, "acme")
	by := storetest.Owner("acme")
	got, err := h.disable(t.Context(), by, api.ArxID{ID: arx.ID})
	if err != nil || got.Status != api.ArxDisabled || got.Keys != (api.KeyTotals{Total: 1, Active: 1}) || !got.IsDefault {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.May("disable") || got.Why["disable"] != "It is disabled already." || !got.May("enable") || !got.May("update") || !got.May("delete") {
		t.Errorf("it permits %+v", got.Permits)
	}
	if _, err := h.disable(t.Context(), by, api.ArxID{ID: arx.ID}); !problem.Is(err, problem.WrongState) {
		t.Errorf("again: %v, want wrong_state", err)
	}
}
