package main

import (
	"slices"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

func TestUsageOfTheTenantOfApplicationsAndOfArxes(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{applications: applicationstore.New(db), arxes: arxstore.New(db), uses: usestore.New(db), now: time.Now}
	billing, shop := storetest.Application(t, db, "acme", "Billing"), storetest.Application(t, db, "acme", "Shop")
	eu, us := storetest.Arx(t, db, "acme", "EU"), storetest.Arx(t, db, "acme", "US")
	recorder := usestore.NewRecorder(db, time.Now, nil)
	counted := func(times int, app, arx, key string) {
		for range times {
			recorder.Count(usage.Use{Tenant: "acme", KeyID: key, ApplicationID: app, ArxID: arx, Code: api.CodeValid, At: time.Now()})
		}
	}
	counted(1, billing.ID, eu.ID, "key_0000000000000001")
	counted(2, billing.ID, us.ID, "key_0000000000000002")
	counted(4, shop.ID, eu.ID, "key_0000000000000003")
	recorder.Count(usage.Use{Tenant: "acme", Code: api.CodeNotFound, At: time.Now()})
	recorder.Flush(t.Context())

	for _, c := range []struct {
		app, arx string
		want     int
	}{{"", "", 8}, {billing.ID, "", 3}, {shop.ID, "", 4}, {"", eu.ID, 5}, {"", us.ID, 2}, {billing.ID, us.ID, 2}, {shop.ID, us.ID, 0}} {
		got, err := h.get(t.Context(), storetest.Owner("acme"), api.UsageRequest{ApplicationID: c.app, ArxID: c.arx})
		if err != nil || got.Totals.Total != c.want || len(got.Buckets) != 24 {
			t.Errorf("%q at %q: %+v, %v, want %d", c.app, c.arx, got.Totals, err, c.want)
		}
	}
	for _, req := range []api.UsageRequest{{ApplicationID: billing.ID}, {ArxID: eu.ID}, {ApplicationID: billing.ID, ArxID: eu.ID}} {
		if got, err := h.get(t.Context(), storetest.Owner("other"), req); !problem.Is(err, problem.NotFound) || got.Buckets != nil {
			t.Errorf("another tenant: %+v: %+v, %v, want not_found", req, got, err)
		}
	}
	if got, err := h.get(t.Context(), storetest.Owner("other"), api.UsageRequest{}); err != nil || got.Totals.Total != 0 {
		t.Errorf("another tenant's own: %+v, %v", got.Totals, err)
	}
}

func TestBusiestPairsOfApplicationAndArx(t *testing.T) {
	db := storetest.Open(t).Table()
	h := handler{applications: applicationstore.New(db), arxes: arxstore.New(db), uses: usestore.New(db), now: time.Now}
	billing, shop := storetest.Application(t, db, "acme", "Billing"), storetest.Application(t, db, "acme", "Shop")
	eu, us := storetest.Arx(t, db, "acme", "EU"), storetest.Arx(t, db, "acme", "US")
	recorder := usestore.NewRecorder(db, time.Now, nil)
	counted := func(times int, app, arx string, code api.Code) {
		for range times {
			recorder.Count(usage.Use{Tenant: "acme", KeyID: "key_0000000000000001", ApplicationID: app, ArxID: arx, Code: code, At: time.Now()})
		}
	}
	counted(2, billing.ID, eu.ID, api.CodeValid)
	counted(1, billing.ID, us.ID, api.CodeValid)
	counted(4, billing.ID, us.ID, api.CodeRateLimited)
	counted(3, shop.ID, eu.ID, api.CodeValid)
	recorder.Flush(t.Context())

	type row struct {
		app, arx string
		total    int
	}
	for _, c := range []struct {
		req  api.UsageRequest
		want []row
	}{
		{api.UsageRequest{Busiest: 10}, []row{{"Billing", "US", 5}, {"Shop", "EU", 3}, {"Billing", "EU", 2}}},
		{api.UsageRequest{Busiest: 1}, []row{{"Billing", "US", 5}}},
		{api.UsageRequest{Busiest: 10, ApplicationID: shop.ID}, []row{{"Shop", "EU", 3}}},
		{api.UsageRequest{Busiest: 10, ArxID: eu.ID}, []row{{"Shop", "EU", 3}, {"Billing", "EU", 2}}},
		{api.UsageRequest{Busiest: 10, UsageRange: api.UsageRange{Interval: api.ByDay}}, []row{{"Billing", "US", 5}, {"Shop", "EU", 3}, {"Billing", "EU", 2}}},
		{api.UsageRequest{Busiest: 10, UsageRange: api.UsageRange{To: time.Now().Add(-48 * time.Hour)}}, nil},
		{api.UsageRequest{}, nil},
	} {
		got, err := h.get(t.Context(), storetest.Owner("acme"), c.req)
		var rows []row
		for _, p := range got.Busiest {
			rows = append(rows, row{p.Application.Name, p.Arx.Name, p.Total})
		}
		if err != nil || !slices.Equal(rows, c.want) {
			t.Errorf("%+v: %+v, %v, want %+v", c.req, rows, err, c.want)
		}
	}
	if got, err := h.get(t.Context(), storetest.Owner("other"), api.UsageRequest{Busiest: 10}); err != nil || len(got.Busiest) != 0 {
		t.Errorf("another tenant: %+v, %v", got.Busiest, err)
	}
}
