package main

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestUnusedKeysAreMarkedOnceADay(t *testing.T) {
	db := storetest.Open(t).Table()
	rollUp := handler(db)
	storetest.Key(t, db, "acme")
	storetest.Key(t, db, "other")
	began := time.Now()
	for _, c := range []struct {
		when   string
		now    time.Time
		marked int
		listed int // of the tenant acme
	}{
		{"new", began.Add(time.Minute), 0, 0},
		{"the same day", began.Add(23 * time.Hour), 0, 0},
		{"before ninety days", began.Add(keys.UnusedAfter - time.Hour), 0, 0},
		{"ninety days later, as of the previous roll-up", began.Add(keys.UnusedAfter + time.Hour), 0, 0},
		{"a day after that", began.Add(keys.UnusedAfter + 25*time.Hour), 2, 1},
		{"once more", began.Add(keys.UnusedAfter + 25*time.Hour), 0, 1},
	} {
		if n, err := rollUp(t.Context(), c.now); n != c.marked || err != nil {
			t.Errorf("%s: %d marked, %v, want %d", c.when, n, err, c.marked)
		}
		page, err := keystore.New(db).Page(t.Context(), "acme", api.ListKeysRequest{Status: api.UnusedKeys}, c.now)
		if err != nil || len(page.Rows) != c.listed {
			t.Errorf("%s: %d listed, %v, want %d", c.when, len(page.Rows), err, c.listed)
		}
	}
}
