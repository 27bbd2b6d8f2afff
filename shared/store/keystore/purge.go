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

// purgers is how many keys are purged concurrently.
const purgers = 8

// Purge removes the keys of all tenants whose retention has ended: rows, credentials, counts, and the uses
// of limits. Their events stay until the events' own retention ends. It returns the number of purged keys.
// It continues after an error, and is safe to repeat and to run concurrently.
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

// purge reports whether it purged a key.
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
