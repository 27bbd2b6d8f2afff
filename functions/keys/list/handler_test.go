package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

const oneAccessKey = "It has only one access key: no overlap is in progress."

func TestListShowsTheTenantsKeys(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{keys: keystore.New(db), now: time.Now}
	if _, err := h.list(t.Context(), storetest.Owner("acme"), api.ListKeysRequest{Page: api.Page{Cursor: "bad"}}); !problem.Is(err, problem.InvalidField) {
		t.Errorf("a malformed cursor: %v, want invalid_field", err)
	}
	app, arx, secret := storetest.Key(t, db, "acme")
	strangers, err := h.list(t.Context(), storetest.Owner("other"), api.ListKeysRequest{ApplicationID: app.ID})
	if err != nil || len(strangers.Items) > 0 || strangers.Totals != (api.KeyTotals{}) {
		t.Errorf("another tenant lists %+v, %v", strangers, err)
	}
	developer := auth.Principal{Kind: api.Person, ID: "p-2", Tenant: "acme", Role: api.Developer}
	got, err := h.list(t.Context(), developer, api.ListKeysRequest{})
	if err != nil || len(got.Items) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	k := got.Items[0]
	want := api.KeySummary{
		ID: api.KeyPrefix + secret.ID(), Name: "nightly export", Status: api.KeyActive, Effective: api.KeyVerifies,
		Application: api.KeyApplication{ID: app.ID, Name: app.Name, Status: app.Status},
		Arx:         api.KeyArx{ID: arx.ID, Name: arx.Name, Purpose: arx.Purpose, Status: arx.Status},
		Hint:        "arxk_dev_" + secret.ID() + "…" + secret.LastFour(), RotateBy: arx.RotateBy(k.CreatedAt), CreatedAt: k.CreatedAt,
		Permits: api.Permits{
			Can: map[string]bool{"update": true, "disable": true, "enable": false, "rotate": true, "replace": false, "end_overlap": false, "delete": true},
			Why: map[string]string{"enable": "It is already active.", "replace": oneAccessKey, "end_overlap": oneAccessKey},
		},
	}
	if diff := cmp.Diff(want, k); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Totals != (api.KeyTotals{Total: 1, Active: 1}) || !got.May("create") || got.NextCursor != nil {
		t.Errorf("totals %+v, %+v, next %v", got.Totals, got.Permits, got.NextCursor)
	}
}
