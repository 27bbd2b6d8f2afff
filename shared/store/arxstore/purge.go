package arxstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Purge takes away what is left of the Arxes of all tenants that were deleted long enough ago and
// have no keys left: their records, their gates, and their part in the totals. The counts of their
// keys, which sum up to nothing then, are countstore's to take away. It returns how many it purged.
// What can't be purged does not hold up the rest. It can be run again at any time, and beside itself.
func (s *Arxes) Purge(ctx context.Context, now time.Time) (int, error) {
	purged := 0
	var errs []error
	for at, err := range s.db.Due(ctx, table.ArxPurge, now) {
		if err != nil {
			errs = append(errs, err)
			break
		}
		done, err := s.purge(ctx, at, now)
		if errs = append(errs, err); done {
			purged++
		}
	}
	if err := errors.Join(errs...); err != nil {
		return purged, fmt.Errorf("purge Arxes: %w", err)
	}
	return purged, nil
}

// errNotYet is that something else has to be done first.
var errNotYet = errors.New("not yet")

// purge reports whether there was an Arx to purge.
func (s *Arxes) purge(ctx context.Context, at table.Key, now time.Time) (done bool, err error) {
	err = table.RetryStale(ctx, func(ctx context.Context) error {
		item, err := s.db.Get(ctx, at)
		if done = item != nil; err != nil || !done {
			return err
		}
		a := Decode(at.Tenant(), item)
		left, err := countstore.New(s.db).Left(ctx, a.Tenant, a.ID)
		switch {
		case err != nil:
			return err
		case left > 0:
			return errNotYet // its keys first
		}
		tx := new(table.Transaction)
		// Not while its keys are being settled, of which there may be another one.
		tx.Insert(countstore.Remains(a.Tenant, a.ID, now), errNotYet)
		has := table.Item{}
		has.SetInt(version, a.Version)
		tx.DeleteWhere(at, has)
		tx.Remove(table.Gate(a.ID))
		tx.Remove(table.LatestUse(a.Tenant, a.ID))
		countstore.MoveArx(tx, a.Tenant, a.Status, "")
		return s.db.Commit(ctx, tx)
	})
	if errors.Is(err, errNotYet) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", at.ID(), err)
	}
	return done, nil
}
