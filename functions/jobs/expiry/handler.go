package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// handler returns the sweep: it counts the keys that have expired by the time as expired, and returns how many.
func handler(db *table.Table) func(ctx context.Context, now time.Time) (int, error) {
	return keystore.New(db).Sweep
}
