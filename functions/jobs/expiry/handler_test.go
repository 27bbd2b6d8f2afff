package main

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func TestExpiredKeysAreCountedAsSuchOnce(t *testing.T) {
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
		waiting int // items of keys that will expire
	}{
		{"before the first expires", expiry.Add(-time.Second), 0, 2},
		{"when the first has expired", expiry.Add(time.Second), 1, 1},
		{"once more", expiry.Add(time.Second), 0, 1},
		{"when all have", expiry.Add(2 * time.Hour), 1, 0},
	} {
		if n, err := sweep(t.Context(), c.now); n != c.swept || err != nil {
			t.Errorf("%s: %d are swept, %v, want %d", c.when, n, err, c.swept)
		}
		items, err := db.Query(t.Context(), table.Partition(table.Expiring("acme", expiry, "")), 0)
		if err != nil || len(items) != c.waiting {
			t.Errorf("%s: %d will expire, %v, want %d", c.when, len(items), err, c.waiting)
		}
		totals, err := countstore.New(db).Keys(t.Context(), "acme", c.now)
		if err != nil || totals.Total != 3 || totals.Active != 1+c.waiting || totals.Expired != 2-c.waiting {
			t.Errorf("%s: %+v, %v", c.when, totals, err)
		}
	}
}
