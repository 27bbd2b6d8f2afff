package main

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestDeletedManagementKeyIsRemoved(t *testing.T) {
	e := storetest.Open(t)
	db := e.Table()
	callers := callerstore.New(db)
	h := handler{managementKeys: managementkeystore.New(db), now: time.Now, random: rand.Reader}
	m := storetest.ManagementKey(t, db, "acme", "ci", api.Admin, time.Time{})
	credential, err := callers.Find(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	callers.Used(t.Context(), credential, time.Now())

	if _, err := h.delete(t.Context(), storetest.Owner("other"), api.Target{ID: m.ID}); !problem.Is(err, problem.NotFound) {
		t.Errorf("another tenant deletes it: %v, want not_found", err)
	}
	stale := api.Target{ID: m.ID, Conditional: api.IfVersion("2")}
	if _, err := h.delete(t.Context(), storetest.Owner("acme"), stale); !problem.Is(err, problem.Changed) {
		t.Errorf("with an outdated ETag: %v, want changed_meanwhile", err)
	}
	got, err := h.delete(t.Context(), storetest.Owner("acme"), api.Target{ID: m.ID})
	if err != nil || got.ID != m.ID || got.Status != api.ManagementKeyDeleted || got.LastUsedAt == nil || got.May("delete") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := callers.Find(t.Context(), m.ID); !problem.Is(err, problem.NotFound) {
		t.Errorf("found after the deletion: %v", err)
	}
	if _, err := h.delete(t.Context(), storetest.Owner("acme"), api.Target{ID: m.ID}); !problem.Is(err, problem.NotFound) {
		t.Errorf("deleted again: %v, want not_found", err)
	}
	for _, item := range e.Items(t) {
		if kind := item.Key().PK[:4]; kind != "evt#" {
			t.Errorf("%s was not removed", item.Key().PK)
		}
	}
}

// People can create another management key, so deleting all of them locks nobody out.
func TestAllOwnersManagementKeysCanBeDeleted(t *testing.T) {
	db := storetest.Open(t).Table()
	store := managementkeystore.New(db)
	h := handler{managementKeys: store, now: time.Now, random: rand.Reader}
	ids := []string{
		storetest.ManagementKey(t, db, "acme", "one", api.Owner, time.Time{}).ID,
		storetest.ManagementKey(t, db, "acme", "two", api.Owner, time.Time{}).ID,
	}
	var all sync.WaitGroup
	for i := range 4 { // each of them twice
		all.Go(func() {
			if _, err := h.delete(t.Context(), storetest.Owner("acme"), api.Target{ID: ids[i%2]}); err != nil && !problem.Is(err, problem.NotFound) {
				t.Errorf("delete %s: %v", ids[i%2], err)
			}
		})
	}
	all.Wait()
	_, totals, _, err := store.List(t.Context(), "acme", api.ListManagementKeysRequest{}, time.Now())
	if err != nil || totals.Total != 0 {
		t.Errorf("totals %+v, %v", totals, err)
	}
}
