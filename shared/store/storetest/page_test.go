package storetest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// TestAPageCostsWhatItShows reads pages of 50 keys of many applications and Arxes, and counts calls and read
// units.
func TestAPageCostsWhatItShows(t *testing.T) {
	s := open(t)
	by := owner("acme")
	var apps []applications.Application
	var arxs []arxes.Arx
	for i := range 40 {
		apps = append(apps, s.application(by, fmt.Sprint("application ", i)))
		if i < 10 {
			arxs = append(arxs, s.arx(by, fmt.Sprint("Arx ", i)))
		}
	}
	want := map[string]keys.Parents{}
	for i := range 120 {
		app, arx := apps[i*7%40], arxs[i*3%10]
		k, _ := s.key(by, app, arx, api.CreateKeyRequest{Name: fmt.Sprint("key ", i*37%120), ExpiresAt: new(s.clock.now().Add(time.Duration(10+i) * 24 * time.Hour))})
		want[k.ID] = keys.ParentsOf(app, arx)
		if i%2 == 0 {
			if err := s.change(by, k.ID, "disable", only(keys.Disable)); err != nil {
				t.Fatal(err)
			}
		}
	}
	m := newMetered(s.engine)
	metered := keystore.New(table.New(m, s.engine.Name))
	apart := metered.WithBounds(keystore.Bounds{Scanned: 1000, Sorted: 1000, Words: 200, Chunk: 250, Parents: 20})
	for _, req := range []api.ListKeysRequest{
		{}, {Sort: api.OldestFirst}, {Sort: api.ByName}, {Sort: api.ByNameBack}, {Sort: api.ByStatus}, {Sort: api.ByExpiry}, {Sort: api.ByRotation},
		{Status: api.DisabledKeys}, {Status: api.ActiveKeys}, {Status: api.ExpiringKeys}, {ApplicationID: apps[0].ID}, {ArxID: arxs[0].ID},
		{Status: api.DisabledKeys, Sort: api.OldestFirst},
	} {
		req.Limit = 50
		for _, c := range []struct {
			why   string
			keys  *keystore.Keys
			calls int
		}{{"all parents by one query", metered, 4}, {"some parents one by one", apart, 5}} {
			m.reset()
			page, err := c.keys.Page(t.Context(), "acme", req, s.clock.now())
			if err != nil {
				t.Fatal(err)
			}
			if got := m.spent(); got.calls > c.calls || got.read > 35 && c.calls == 4 {
				t.Errorf("%+v, %s: %d calls and %.1f read units, want at most %d and 35", req, c.why, got.calls, got.read, c.calls)
			}
			for i, row := range page.Rows {
				if page.Details[i].Parents != want[row.ID] {
					t.Errorf("%+v, %s: %s shows %+v, want %+v", req, c.why, row.ID, page.Details[i].Parents, want[row.ID])
				}
			}
			if c.keys == metered {
				t.Logf("%-12s %-12s %d calls, %.1f read units, %d rows", req.Sort, req.Status, m.spent().calls, m.spent().read, len(page.Rows))
			}
		}
	}
}
