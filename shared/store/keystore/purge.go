package keystore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/limitstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// purgers is how many keys are purged at once.
const purgers = 8

// Purge takes away what is left of the keys of all tenants that were deleted long enough ago: rows,
// credentials, counts, what was used of limits. Their events stay, for their own time. It returns how many it purged. What
// can't be purged does not hold up the rest. It can be run again at any time, and beside itself.
func (s *Keys) Purge(ctx context.Context, now time.Time) (int, error) {
	var mu sync.Mutex
	purged := 0
	var errs []error
	var group errgroup.Group
	group.SetLimit(purgers)
	for at, err := range s.db.Due(ctx, table.KeyPurge, now) {
		if err != nil {
			group.Wait()
			errs = append(errs, err)
			break
		}
		group.Go(func() error {
			done, err := s.purge(ctx, at)
			mu.Lock()
			defer mu.Unlock()
			if errs = append(errs, err); done {
				purged++
			}
			return nil
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return purged, fmt.Errorf("purge keys: %w", err)
	}
	return purged, nil
}

// purge reports whether there was something left to purge.
func (s *Keys) purge(ctx context.Context, at table.Key) (done bool, err error) {
	err = table.RetryStale(ctx, func(ctx context.Context) error {
		item, err := s.db.Get(ctx, at)
		if done = item != nil; err != nil || !done {
			return err
		}
		row := decodeStored(item)
		tx := new(table.Transaction)
		removeRow(tx, at.Tenant(), row)
		tx.Remove(table.Credential(row.ID))
		tx.Remove(table.LatestUse(at.Tenant(), row.ID))
		limitstore.Remove(tx, row.ID)
		countstore.Move(tx, at.Tenant(), row.ApplicationID, row.ArxID, api.KeyDeleted, "")
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return false, fmt.Errorf("%s: %w", at.ID(), err)
	}
	return done, nil
}
