package countstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Remains returns the item that records that only the counts of the Arx are left, which sum to zero. While
// it exists, totals ignore these counts, so that Purge can remove them in several transactions.
func Remains(tenant, arxID string, now time.Time) table.Item {
	item := table.NewItem(table.Settling(tenant, arxID))
	item.SetInt(purged, 1)
	item.SetDue(table.CountPurge, arxID, now)
	return item
}

// IsRemains reports whether the item of table.Settling is one of Remains.
func IsRemains(item table.Item) bool { return item.Int(purged) > 0 }

// purgedAtOnce is how many counts are removed in one transaction.
const purgedAtOnce = 25

// Purge removes the counts of purged Arxes of all tenants, and returns the number of these Arxes. It
// continues after an error, and is safe to repeat and to run concurrently.
func (c *Counts) Purge(ctx context.Context, now time.Time) (int, error) {
	done := 0
	var errs []error
	for at, err := range c.db.Due(ctx, table.CountPurge, now) {
		if err != nil {
			errs = append(errs, err)
			break
		}
		if err := c.purge(ctx, at); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at.ID(), err))
			continue
		}
		done++
	}
	if err := errors.Join(errs...); err != nil {
		return done, fmt.Errorf("purge counts: %w", err)
	}
	return done, nil
}

func (c *Counts) purge(ctx context.Context, remains table.Key) error {
	tenant, arxID := remains.Tenant(), remains.ID()
	ofParents := table.Count(tenant, table.OfParents, 0)
	ofParents.SK = table.OfParents + "#" + arxID + "#"
	for _, r := range []table.Range{shardsOf(tenant, ofArx(arxID), ofArx(arxID)), table.Prefixed(ofParents)} {
		var counts []table.Key
		for item, err := range c.db.All(ctx, r) {
			if err != nil {
				return err
			}
			counts = append(counts, item.Key())
		}
		for some := range slices.Chunk(counts, purgedAtOnce) {
			tx := new(table.Transaction)
			for _, at := range some {
				tx.Remove(at)
			}
			if err := c.db.Commit(ctx, tx); err != nil {
				return err
			}
		}
	}
	tx := new(table.Transaction)
	tx.Remove(remains)
	return c.db.Commit(ctx, tx)
}
