package main

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func over(db *table.Table, now time.Time) handler {
	return handler{keys: keystore.New(db), counts: countstore.New(db), events: auditstore.New(db), now: func() time.Time { return now }}
}

func TestOverviewReportsWhatNeedsAttention(t *testing.T) {
	db := storetest.Open(t).Table()
	now := time.Now()
	app, arx, secret := storetest.Key(t, db, "acme")
	second := storetest.ExpiringKey(t, db, app, arx, now.Add(6*24*time.Hour))
	first := storetest.ExpiringKey(t, db, app, arx, now.Add(time.Hour))
	storetest.ExpiringKey(t, db, app, arx, now.Add(8*24*time.Hour))
	shop := storetest.Application(t, db, "acme", "Shop")
	decide := func(was applications.Application) (applications.Application, error) {
		return was.Do(applications.Disable, storetest.Owner("acme"), now)
	}
	disable := lifecycle.Transition(storetest.Owner("acme"), api.DisableApplication.Name, api.Conditional{}, decide, rand.Reader)
	if _, err := applicationstore.New(db).Change(t.Context(), "acme", shop.ID, disable); err != nil {
		t.Fatal(err)
	}
	got, err := over(db, now).get(t.Context(), storetest.Owner("acme"), api.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	ids := func(few api.Few[api.KeySummary]) (ids []string) {
		for _, k := range few.Items {
			ids = append(ids, k.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]string{first.ID, second.ID}, ids(got.Attention.Expiring)); diff != "" || got.Attention.Expiring.Count != 2 {
		t.Errorf("expiring: %d (-want +got):\n%s", got.Attention.Expiring.Count, diff)
	}
	want := api.Few[api.KeyApplication]{Count: 1, Items: []api.KeyApplication{{ID: shop.ID, Name: "Shop", Status: api.ApplicationDisabled}}}
	if diff := cmp.Diff(want, got.Attention.DisabledApplications); diff != "" {
		t.Errorf("disabled applications (-want +got):\n%s", diff)
	}
	if got.Keys.Total != 4 || got.Applications.Disabled != 1 || got.Arxes.Active != 1 || got.Attention.RotationDue.Count != 0 {
		t.Errorf("%+v %+v %+v, due for rotation %d", got.Keys, got.Applications, got.Arxes, got.Attention.RotationDue.Count)
	}
	// The fixture creates its event after the application, so possibly in the next millisecond.
	if len(got.Events) != 8 || !slices.ContainsFunc(got.Events[:2], func(e api.AuditEvent) bool { return e.Action == "applications.disable" }) {
		t.Errorf("%d events, the latest %+v", len(got.Events), got.Events)
	}

	if _, err := keystore.New(db).RollUp(t.Context(), now.AddDate(0, 6, 0)); err != nil {
		t.Fatal(err)
	}
	later, err := over(db, now.AddDate(0, 6, 0)).get(t.Context(), storetest.Owner("acme"), api.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	// Expired keys are due for rotation too, but need no attention.
	if diff := cmp.Diff([]string{api.KeyPrefix + secret.ID()}, ids(later.Attention.RotationDue)); diff != "" || later.Attention.RotationDue.Count != 1 {
		t.Errorf("due for rotation: %d (-want +got):\n%s", later.Attention.RotationDue.Count, diff)
	}
	if diff := cmp.Diff([]string{api.KeyPrefix + secret.ID()}, ids(later.Attention.Unused)); diff != "" || later.Attention.OverlapsOpen.Count != 0 {
		t.Errorf("unused, and %d overlaps (-want +got):\n%s", later.Attention.OverlapsOpen.Count, diff)
	}
}

func TestOverviewOfADeveloperHasNoActivity(t *testing.T) {
	db := storetest.Open(t).Table()
	storetest.Key(t, db, "acme")
	developer := auth.Principal{Kind: api.Person, ID: "p-2", Tenant: "acme", Role: api.Developer}
	got, err := over(db, time.Now()).get(t.Context(), developer, api.Nothing{})
	if err != nil || got.Keys.Total != 1 || len(got.Events) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
	want := map[string]bool{"create_key": true, "create_application": false, "create_arx": false, "read_activity": false}
	if diff := cmp.Diff(want, got.Can); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	stranger, err := over(db, time.Now()).get(t.Context(), storetest.Owner("other"), api.Nothing{})
	if err != nil || stranger.Keys.Total > 0 || len(stranger.Events) > 0 {
		t.Errorf("another tenant: %+v, %v", stranger, err)
	}
}
