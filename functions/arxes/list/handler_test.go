package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
)

func newHandler(db *table.Table) handler {
	return handler{arxes: arxstore.New(db), counts: countstore.New(db), uses: usestore.New(db), now: time.Now}
}

func TestCursorOfAnotherTenantIsRefused(t *testing.T) {
	db := storetest.Open(t).Table()
	h := newHandler(db)
	storetest.Arx(t, db, "acme", "EU")
	storetest.Arx(t, db, "acme", "US")
	first, err := h.list(t.Context(), storetest.Owner("acme"), api.ListArxesRequest{Page: api.Page{Limit: 1}})
	if err != nil || first.NextCursor == nil {
		t.Fatalf("%+v, %v", first, err)
	}
	_, err = h.list(t.Context(), storetest.Owner("other"), api.ListArxesRequest{Page: api.Page{Cursor: *first.NextCursor}})
	if !problem.Is(err, problem.InvalidField) {
		t.Errorf("%v, want invalid_field", err)
	}
}

func TestListShowsTheTenantsArxesNewestFirst(t *testing.T) {
	db := storetest.Open(t).Table()
	h := newHandler(db)
	reader := auth.Principal{Kind: api.Person, ID: "p-2", Tenant: "acme", Role: api.Developer}
	empty, err := h.list(t.Context(), reader, api.ListArxesRequest{})
	if err != nil || len(empty.Items) > 0 || empty.NextCursor != nil || empty.May("create") || empty.Why["create"] == "" {
		t.Errorf("an empty list for a developer: %+v, %v", empty, err)
	}
	storetest.Key(t, db, "acme")
	time.Sleep(2 * time.Millisecond) // ids sort by milliseconds
	storetest.Arx(t, db, "acme", "US")
	storetest.Arx(t, db, "other", "AP")
	got, err := h.list(t.Context(), storetest.Owner("acme"), api.ListArxesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Name      string
		IsDefault bool
		Keys      int
	}
	var rows []row
	for _, a := range got.Items {
		rows = append(rows, row{a.Name, a.IsDefault, a.Keys.Total})
	}
	if diff := cmp.Diff([]row{{"US", false, 0}, {"EU", true, 1}}, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Totals != (api.ArxTotals{Total: 2, Active: 2}) || !got.May("create") {
		t.Errorf("totals %+v, %+v", got.Totals, got.Permits)
	}
}

func TestPageSortedByNameHasTheCountsOfEach(t *testing.T) {
	db := storetest.Open(t).Table()
	h := newHandler(db)
	storetest.Arx(t, db, "acme", "US")
	time.Sleep(2 * time.Millisecond) // ids sort by milliseconds
	storetest.Key(t, db, "acme")     // of EU
	got, err := h.list(t.Context(), storetest.Owner("acme"), api.ListArxesRequest{Sort: api.CatalogByName})
	if err != nil || len(got.Items) != 2 || got.Items[0].Name != "EU" || got.Items[0].Keys.Total != 1 || got.Items[1].Keys.Total != 0 {
		t.Errorf("%+v, %v", got.Items, err)
	}
}
