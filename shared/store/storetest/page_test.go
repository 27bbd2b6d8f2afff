package storetest_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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

// meanwhile is a client that calls a function before the first query of an index of keys.
type meanwhile struct {
	*dynamodb.Client
	call func()
}

func (m meanwhile) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if pk := in.ExpressionAttributeValues[":pk"].(*types.AttributeValueMemberS); strings.Contains(pk.Value, "#keys-by-") {
		m.call()
	}
	return m.Client.Query(ctx, in, o...)
}

// TestStoppedKeysShowParentsCreatedMeanwhile reads stopped keys while their Arx is enabled and gets a key of a new
// application.
func TestStoppedKeysShowParentsCreatedMeanwhile(t *testing.T) {
	s := open(t)
	by := owner("acme")
	arx := s.arx(by, "EU")
	s.key(by, s.application(by, "Billing"), arx, api.CreateKeyRequest{Name: "first"})
	if _, err := s.changeArx(by, arx.ID, arxes.Disable); err != nil {
		t.Fatal(err)
	}
	change := sync.OnceFunc(func() {
		if _, err := s.changeArx(by, arx.ID, arxes.Enable); err != nil {
			t.Error(err)
		}
		s.key(by, s.application(by, "Shop"), arx, api.CreateKeyRequest{Name: "second"})
	})
	page, err := keystore.New(table.New(meanwhile{s.engine.Client, change}, s.engine.Name)).Page(t.Context(), "acme", api.ListKeysRequest{Status: api.StoppedKeys}, s.clock.now())
	if err != nil || len(page.Rows) != 2 {
		t.Fatalf("%d rows, %v", len(page.Rows), err)
	}
	for i, row := range page.Rows {
		if d := page.Details[i]; d.Arx.Name != "EU" || d.Application.Name != map[string]string{"first": "Billing", "second": "Shop"}[row.Name] {
			t.Errorf("%s shows %+v", row.Name, d.Parents)
		}
	}
}
