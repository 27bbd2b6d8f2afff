package main

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestGetIsLimitedToTheTenant(t *testing.T) {
	db := storetest.Open(t).Table()
	now := time.Now()
	h := handler{managementKeys: managementkeystore.New(db), now: func() time.Time { return now }}
	m := storetest.ManagementKey(t, db, "acme", "ci", api.Admin, now.Add(time.Hour))
	for _, refused := range []struct{ tenant, id string }{{"other", m.ID}, {"acme", "mgk_0123456789abcdef"}, {"acme", "key_0123456789abcdef"}, {"acme", "none"}} {
		if got, err := h.get(t.Context(), storetest.Owner(refused.tenant), api.ManagementKeyID{ID: refused.id}); !problem.Is(err, problem.NotFound) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want not_found", refused.id, refused.tenant, got, err)
		}
	}
	get := func() api.ManagementKeyRecord {
		t.Helper()
		got, err := h.get(t.Context(), storetest.Owner("acme"), api.ManagementKeyID{ID: m.ID})
		if err != nil || got.ID != m.ID || got.Name != "ci" || got.Role != api.Admin || !got.May("delete") || got.ETag() != "1" {
			t.Errorf("%+v, %v", got, err)
		}
		return got
	}
	if got := get(); got.Status != api.ManagementKeyActive || got.LastUsedAt != nil {
		t.Errorf("a new one: %+v", got)
	}
	callers := callerstore.New(db)
	credential, err := callers.Find(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	callers.Used(t.Context(), credential, now)
	now = now.Add(time.Hour)
	if got := get(); got.Status != api.ManagementKeyExpired || got.LastUsedAt == nil {
		t.Errorf("an expired one that was used: %+v", got)
	}
}
