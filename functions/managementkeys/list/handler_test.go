package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestListShowsTheTenantsManagementKeysNewestFirst(t *testing.T) {
	db := storetest.Open(t).Table()
	now := time.Now()
	later := now.Add(91 * 24 * time.Hour) // past the first one's life, within the second one's
	old := storetest.ManagementKey(t, db, "acme", "old", api.Admin, time.Time{})
	young := storetest.ManagementKey(t, db, "acme", "young", api.Owner, later.Add(time.Hour))
	storetest.ManagementKey(t, db, "other", "strangers", api.Owner, time.Time{})
	h := handler{managementKeys: managementkeystore.New(db), now: func() time.Time { return later }}
	by := storetest.Owner("acme")

	got, err := h.list(t.Context(), by, api.ListManagementKeysRequest{})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID     string
		Status api.ManagementKeyStatus
		Delete bool
	}
	var rows []row
	for _, m := range got.Items {
		rows = append(rows, row{m.ID, m.Status, m.May("delete")})
	}
	want := []row{{young.ID, api.ManagementKeyActive, true}, {old.ID, api.ManagementKeyExpired, true}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Totals != (api.ManagementKeyTotals{Total: 2, Active: 1, Expired: 1}) || !got.May("create") || got.NextCursor != nil {
		t.Errorf("totals %+v, %+v, next %v", got.Totals, got.Permits, got.NextCursor)
	}

	first, err := h.list(t.Context(), by, api.ListManagementKeysRequest{Page: api.Page{Limit: 1}})
	if err != nil || len(first.Items) != 1 || first.NextCursor == nil {
		t.Fatalf("a page of one: %+v, %v", first, err)
	}
	second, err := h.list(t.Context(), by, api.ListManagementKeysRequest{Page: api.Page{Limit: 1, Cursor: *first.NextCursor}})
	if err != nil || len(second.Items) != 1 || second.Items[0].ID != old.ID || second.NextCursor != nil || second.Totals.Total != 2 {
		t.Errorf("the page after it: %+v, %v", second, err)
	}
	if _, err := h.list(t.Context(), storetest.Owner("other"), api.ListManagementKeysRequest{Page: api.Page{Cursor: *first.NextCursor}}); !problem.Is(err, problem.InvalidField) {
		t.Errorf("another tenant's cursor: %v, want invalid_field", err)
	}
	expired, err := h.list(t.Context(), by, api.ListManagementKeysRequest{Status: api.ManagementKeyExpired})
	if err != nil || len(expired.Items) != 1 || expired.Items[0].ID != old.ID {
		t.Errorf("the expired ones: %+v, %v", expired.Items, err)
	}
}
