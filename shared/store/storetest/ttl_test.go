package storetest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// everyKind stores one item of every kind, at h.clock.now().
func everyKind(h *stores) (k keys.Key, request requeststore.Request) {
	h.t.Helper()
	by := owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	request = must(requeststore.New(by, "keys.create", "k-1", "the body", h.clock.now()))
	var secret accesskey.Secret
	var e audit.Event
	k, secret, e = h.newKey(by, app, arx, api.CreateKeyRequest{ExpiresAt: new(h.clock.now().Add(time.Hour)), RateLimit: &api.RateLimit{Limit: 5, WindowSeconds: 60}})
	if err := h.keys.Create(h.t.Context(), k, secret.Digest(), e, request); err != nil {
		h.t.Fatal(err)
	}
	h.use(by, secret, limitstore.New(h.db), 1)
	other, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	if err := h.deleteKey(by, other.ID); err != nil {
		h.t.Fatal(err)
	}
	recorder := usestore.NewRecorder(h.db, func() time.Time { return h.clock.now() }, nil)
	recorder.Count(usage.Use{Tenant: "acme", KeyID: k.ID, ApplicationID: app.ID, ArxID: arx.ID, Code: api.CodeValid, LastFour: k.LastFour, At: h.clock.now()})
	recorder.Flush(h.t.Context())
	m := storetest.ManagementKey(h.t, h.db, "acme", "ci", api.Admin, h.clock.now().AddDate(0, 0, 90))
	callers := callerstore.New(h.db)
	callers.Used(h.t.Context(), must(callers.Find(h.t.Context(), m.ID)), h.clock.now())
	h.arx(by, "US")
	if err := h.deleteArx(by, h.arx(by, "JP").ID); err != nil {
		h.t.Fatal(err)
	}
	return k, request
}

// kindOf returns the kind of the item: that of its partition and, for usage, whether it is a day or a last
// use.
func kindOf(item table.Item) string {
	kind, of, _ := item.Key().Parts()
	switch {
	case kind == "use" && item.SortKey() == "last" && strings.HasPrefix(of, api.ManagementKeyPrefix):
		return "last use of a management key"
	case kind == "use" && item.SortKey() == "last":
		return "last use"
	}
	return kind
}

// An item past its time to live is absent, however long DynamoDB keeps it: to every read, and to inserts.
func TestExpiredItemsAreAbsent(t *testing.T) {
	h := open(t)
	everyKind(h)
	items := h.engine.Items(t)
	mortal := map[string]bool{}
	now := h.clock.now()
	for _, item := range items {
		at := item.Key()
		found := func(what string, want bool) {
			t.Helper()
			one := must(h.db.Get(t.Context(), at))
			part := must(h.db.Get(t.Context(), at, table.SK))
			all := must(h.db.GetAll(t.Context(), []table.Key{at}, "x"))
			query := must(h.db.Query(t.Context(), table.Prefixed(at), 1))
			rows := 0
			for _, err := range h.db.Rows(t.Context(), table.Prefixed(at), 1) {
				if rows++; err != nil {
					t.Fatal(err)
				}
			}
			got := []bool{one != nil, part != nil, len(all) > 0, len(query) > 0, rows > 0}
			if diff := cmp.Diff(slices.Repeat([]bool{want}, len(got)), got); diff != "" {
				t.Errorf("%s, %s: found by Get, Get of a part, GetAll, Query, Rows (-want +got):\n%s", at, what, diff)
			}
			tx, taken := new(table.Transaction), errors.New("taken")
			tx.Insert(item, taken)
			if err := h.db.Commit(t.Context(), tx); errors.Is(err, taken) != want {
				t.Errorf("%s, %s: inserted again: %v", at, what, err)
			}
		}
		h.clock.set(now)
		found("before its end", true)
		if item[table.TTL] == nil {
			h.clock.set(now.AddDate(10, 0, 0))
			found("without a time to live", true)
			continue
		}
		mortal[kindOf(item)] = true
		ends := time.Unix(int64(item.Int(table.TTL)), 0)
		h.clock.set(ends.Add(-time.Second))
		found("just before its end", true)
		h.clock.set(ends)
		found("after its end", false)
	}
	// Deleted keys and Arxes have no time to live: the purge removes them together with their counts.
	want := map[string]bool{"evt": true, "idem": true, "use": true, "last use of a management key": true}
	if diff := cmp.Diff(want, mortal); diff != "" {
		t.Errorf("kinds with a time to live (-want +got):\n%s", diff)
	}
}

func TestExpiredItemsAreNotReturned(t *testing.T) {
	h := open(t)
	key, request := everyKind(h)
	by := owner("acme")
	done := errors.New("done again")
	once := func() error {
		_, err := requeststore.Once(t.Context(), requeststore.Open(h.db), request,
			func() (string, error) { return "", done }, func(id string) (string, error) { return id, nil })
		return err
	}
	events := func() (ids []string) {
		found, err := auditstore.New(h.db).List(t.Context(), by.Tenant, api.ListEventsRequest{ResourceID: key.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range found.Rows {
			ids = append(ids, e.ID)
		}
		return ids
	}
	start := h.clock.now()
	if ids := events(); once() != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, once())
	}
	h.clock.set(start.Add(requeststore.Retention + time.Second))
	if err := once(); !errors.Is(err, done) {
		t.Errorf("an expired idempotency key: %v", err)
	}
	h.clock.set(start.AddDate(0, 0, 401))
	if ids := events(); len(ids) > 0 {
		t.Errorf("events older than 400 days: %v", ids)
	}
}

// Expired items may be between others: pages are as full as if they were gone.
func TestPagesAreFullDespiteExpiredItems(t *testing.T) {
	h := open(t)
	tx := new(table.Transaction)
	var want []string
	for n := range 60 {
		item := table.NewItem(table.Name("acme", "x", string(rune('0'+n))))
		if n%3 > 0 {
			item.SetTTL(h.clock.now())
		} else {
			want = append(want, item.SortKey())
		}
		tx.Put(item)
	}
	if err := h.db.Commit(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	for expected := range 30 {
		var got []string
		for item, err := range h.db.Rows(t.Context(), table.Partition(table.Name("acme", "x", "")), expected+1) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, item.SortKey())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("in chunks of %d (-want +got):\n%s", expected+1, diff)
		}
	}
}
