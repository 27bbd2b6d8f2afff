package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// handler returns the sweep. It counts keys that have expired as expired, and returns their number.
func handler(db *table.Table) func(ctx context.Context, now time.Time) (int, error) {
	return keystore.New(db).Sweep
}
