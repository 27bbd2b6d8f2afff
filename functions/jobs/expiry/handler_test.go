package main

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// A sweep with a fast clock does not count keys as expired that are still active for others.
func TestFastClockSweepsNothingEarly(t *testing.T) {
	db := storetest.Open(t).Table()
	app, arx, _ := storetest.Key(t, db, "acme")
	expiry := time.Now().Add(time.Hour)
	storetest.ExpiringKey(t, db, app, arx, expiry)
	now := expiry.Add(-time.Millisecond) // of all others
	if n, err := handler(db)(t.Context(), now.Add(table.MaxSkew)); n != 0 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
	totals, err := countstore.New(db).Keys(t.Context(), "acme", now)
	if err != nil || totals.Active != 2 || totals.Expired != 0 {
		t.Errorf("%+v, %v", totals, err)
	}
}

func TestExpiredKeysAreCountedOnce(t *testing.T) {
	db := storetest.Open(t).Table()
	sweep := handler(db)
	app, arx, _ := storetest.Key(t, db, "acme") // which never expires
	expiry := time.Now().Add(time.Hour)
	storetest.ExpiringKey(t, db, app, arx, expiry)
	storetest.ExpiringKey(t, db, app, arx, expiry.Add(time.Hour))
	for _, c := range []struct {
		when    string
		now     time.Time
		swept   int
		waiting int // items of keys that are counted as active and will expire, or have
		expired int
	}{
		{"before the first expires", expiry.Add(-time.Second), 0, 2, 0},
		{"when the first has expired", expiry, 0, 2, 1},
		{"just within the allowed clock skew", expiry.Add(table.MaxSkew - time.Millisecond), 0, 2, 1},
		{"after that", expiry.Add(table.MaxSkew), 1, 1, 1},
		{"once more", expiry.Add(table.MaxSkew), 0, 1, 1},
		{"when all have", expiry.Add(2 * time.Hour), 1, 0, 2},
	} {
		if n, err := sweep(t.Context(), c.now); n != c.swept || err != nil {
			t.Errorf("%s: %d swept, %v, want %d", c.when, n, err, c.swept)
		}
		items, err := db.Query(t.Context(), table.ExpiringBetween("acme", time.UnixMilli(0), expiry.AddDate(1000, 0, 0)), 0)
		if err != nil || len(items) != c.waiting {
			t.Errorf("%s: %d expiring, %v, want %d", c.when, len(items), err, c.waiting)
		}
		totals, err := countstore.New(db).Keys(t.Context(), "acme", c.now)
		if err != nil || totals.Total != 3 || totals.Active != 3-c.expired || totals.Expired != c.expired {
			t.Errorf("%s: %+v, %v", c.when, totals, err)
		}
	}
}
