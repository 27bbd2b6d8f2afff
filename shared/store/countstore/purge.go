package countstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Left returns how many keys of the Arx are counted, deleted ones too.
func (c *Counts) Left(ctx context.Context, tenant, arxID string) (int, error) {
	sum, err := c.sum(ctx, tenant, ofArx(arxID))
	if err != nil {
		return 0, fmt.Errorf("count what is left of %s: %w", arxID, err)
	}
	left := 0
	for _, n := range sum {
		left += n
	}
	return left, nil
}

// Remains returns the item that says that nothing is left of the Arx but its counts, which sum up to
// nothing. As long as it lies there no total is made of them, so that Purge can take them away one
// after the other.
func Remains(tenant, arxID string, now time.Time) table.Item {
	item := table.NewItem(table.Settling(tenant, arxID))
	item.SetInt(purged, 1)
	item.SetDue(table.CountPurge, arxID, now)
	return item
}

// IsRemains reports whether the item, of table.Settling, is one of Remains.
func IsRemains(item table.Item) bool { return item.Int(purged) > 0 }

// purgedAtOnce is how many counts are taken away in one transaction.
const purgedAtOnce = 25

// Purge takes away the counts of Arxes of all tenants of which nothing else is left. It returns of
// how many. What can't be taken away does not hold up the rest. It can be run again at any time, and
// beside itself.
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
