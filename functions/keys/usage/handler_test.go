package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

func TestUsageOfAKeyByCodeAndAccessKey(t *testing.T) {
	db := storetest.Open(t).Table()
	app, arx, secret := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + secret.ID()
	now := time.Now().UTC().Truncate(time.Hour).Add(59 * time.Minute)
	db = db.WithClock(func() time.Time { return now })
	h := handler{keys: keystore.New(db), uses: usestore.New(db), now: func() time.Time { return now }}
	recorder := usestore.NewRecorder(db, h.now, nil)
	for _, u := range []struct {
		code api.Code
		ago  time.Duration
	}{{api.CodeValid, 0}, {api.CodeValid, time.Minute}, {api.CodeInsufficientScope, 0}, {api.CodeValid, 2 * time.Hour}, {api.CodeValid, 30 * time.Hour}} {
		recorder.Count(usage.Use{
			Tenant: "acme", KeyID: id, ApplicationID: app.ID, ArxID: arx.ID, Code: u.code, LastFour: secret.LastFour(), At: now.Add(-u.ago),
		})
	}
	recorder.Flush(t.Context())

	got, err := h.get(t.Context(), storetest.Owner("acme"), api.KeyUsageRequest{ID: id})
	if err != nil || len(got.Buckets) != 24 {
		t.Fatalf("%d buckets, %v", len(got.Buckets), err)
	}
	want := api.UseBucket{
		Start: now.Truncate(time.Hour), UseCounts: api.UseCounts{Total: 3, Codes: map[api.Code]int{api.CodeValid: 2, api.CodeInsufficientScope: 1}},
	}
	if diff := cmp.Diff(want, got.Buckets[23]); diff != "" || got.Totals.Total != 4 || got.Buckets[21].Total != 1 {
		t.Errorf("%+v (-want +got):\n%s", got.Totals, diff)
	}
	if got.Uses24h != 3 || got.LastUsedAt == nil || !got.LastUsedAt.Equal(now) {
		t.Errorf("%+v", got.Use)
	}
	if used := got.AccessKeys.Newest.LastUsedAt; used == nil || !used.Equal(now) || got.AccessKeys.Older != nil {
		t.Errorf("%+v", got.AccessKeys)
	}
	days, err := h.get(t.Context(), storetest.Owner("acme"), api.KeyUsageRequest{ID: id, UsageRange: api.UsageRange{Interval: api.ByDay}})
	if err != nil || len(days.Buckets) != 30 || days.Totals.Total != 5 {
		t.Errorf("by day: %+v, %v", days.Totals, err)
	}
}

func TestUsageOfAnotherTenantsKeyIsNotFound(t *testing.T) {
	db := storetest.Open(t).Table()
	app, _, secret := storetest.Key(t, db, "acme")
	h := handler{keys: keystore.New(db), uses: usestore.New(db), now: time.Now}
	for _, refused := range []struct{ tenant, id string }{{"other", api.KeyPrefix + secret.ID()}, {"acme", "key_0000000000000000"}, {"acme", app.ID}, {"acme", "acme"}} {
		if got, err := h.get(t.Context(), storetest.Owner(refused.tenant), api.KeyUsageRequest{ID: refused.id}); !problem.Is(err, problem.NotFound) || got.Buckets != nil {
			t.Errorf("%s of %s: %+v, %v, want not_found", refused.id, refused.tenant, got, err)
		}
	}
	early := api.UsageRange{From: time.Now().AddDate(0, 0, -91)}
	if _, err := h.get(t.Context(), storetest.Owner("acme"), api.KeyUsageRequest{ID: api.KeyPrefix + secret.ID(), UsageRange: early}); !problem.Is(err, problem.InvalidField) {
		t.Errorf("91 days back: %v", err)
	}
}
