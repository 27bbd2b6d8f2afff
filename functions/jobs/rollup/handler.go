package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// handler returns the roll-up. It marks the unused keys of each tenant, removes the mark from keys that are
// used again, and returns the number of changed keys.
func handler(db *table.Table) func(ctx context.Context, now time.Time) (int, error) {
	return keystore.New(db).RollUp
}
