package arxstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Purge removes the Arxes of all tenants whose retention has ended and that have no keys left: their items,
// their gates, and their share of the totals. Package countstore removes the counts of their keys, which
// are zero by then. Purge returns the number of Arxes that it removed. It continues after an error, and is
// safe to repeat and to run concurrently.
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

// errNotYet means that the Arx cannot be purged yet.
var errNotYet = errors.New("not yet")

// purge reports whether it purged an Arx.
func (s *Arxes) purge(ctx context.Context, at table.Key, now time.Time) (done bool, err error) {
	err = table.RetryStale(ctx, func(ctx context.Context) error {
		item, err := s.db.Get(ctx, at)
		if done = item != nil; err != nil || !done {
			return err
		}
		a := Decode(at.Tenant(), item)
		left, err := countstore.New(s.db).OfArx(ctx, a.Tenant, a.ID)
		switch {
		case err != nil:
			return err
		case left > 0:
			return errNotYet // its keys first
		}
		tx := new(table.Transaction)
		// Another run may still be settling the Arx's keys; then this insert fails.
		tx.Insert(countstore.Remains(a.Tenant, a.ID, now), errNotYet)
		has := table.Item{}
		has.SetInt(version, a.Version)
		tx.DeleteWhere(at, has)
		tx.Remove(table.Gate(a.ID))
		tx.Remove(table.Parent(a.Tenant, a.ID))
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
