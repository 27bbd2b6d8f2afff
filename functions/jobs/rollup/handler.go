package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// handler returns the roll-up: it marks the keys of each tenant that nobody uses, takes the mark from those that somebody does
// use, and returns how many it changed.
func handler(db *table.Table) func(ctx context.Context, now time.Time) (int, error) {
	return keystore.New(db).RollUp
}
