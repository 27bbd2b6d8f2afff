package keystore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	sweepers    = 8      // tenants swept concurrently
	sweptPerRun = 50_000 // keys; the next run sweeps the others
	sweptAtOnce = 6      // keys of one application and one Arx in one transaction
)

// rest is the pause between two transactions of a sweep in a tenant. It is longer than reading the totals
// takes, because a reading must see no sweep between its start and its end.
const rest = 40 * time.Millisecond

// Sweep counts as expired the keys of all tenants that have expired by now and are counted as active, and
// returns their number. It leaves keys that expired within the last table.MaxSkew to a later run, because a
// moved count cannot be moved back, and the clock of one machine may be fast. Until then, readings of
// totals account for expired keys themselves. Sweep continues after an error, and is safe to repeat and to
// run concurrently: a key is moved on condition that its item of table.Expiring exists, which the move
// removes.
func (s *Keys) Sweep(ctx context.Context, now time.Time) (int, error) {
	due := map[string][]table.Key{}
	found := 0
	var errs []error
	for at, err := range s.db.Due(ctx, table.Expiry, now.Add(-table.MaxSkew)) {
		if err != nil {
			errs = append(errs, err)
			break
		}
		due[at.Tenant()] = append(due[at.Tenant()], at)
		if found++; found == sweptPerRun {
			break
		}
	}
	moved, failed := make(chan int, len(due)), make(chan error, len(due))
	var group errgroup.Group
	group.SetLimit(sweepers)
	for tenant, keys := range due {
		group.Go(func() error {
			n, err := s.sweepTenant(ctx, tenant, keys)
			moved <- n
			failed <- err
			return nil
		})
	}
	group.Wait()
	swept := 0
	for range due {
		swept += <-moved
		errs = append(errs, <-failed)
	}
	if err := errors.Join(errs...); err != nil {
		return swept, fmt.Errorf("sweep: %w", err)
	}
	return swept, nil
}

// parents identify the application and the Arx of expired keys.
type parents struct{ application, arx string }

func (s *Keys) sweepTenant(ctx context.Context, tenant string, due []table.Key) (swept int, err error) {
	items, err := s.db.GetAll(ctx, due)
	if err != nil {
		return 0, err
	}
	together := map[parents][]table.Key{}
	for _, item := range items {
		of := parents{item.String(countstore.ExpiringApplication), item.String(countstore.ExpiringArx)}
		together[of] = append(together[of], item.Key())
	}
	var errs []error
	for of, keys := range together {
		for some := range slices.Chunk(keys, sweptAtOnce) {
			if swept > 0 {
				select {
				case <-time.After(rest):
				case <-ctx.Done():
					return swept, errors.Join(append(errs, ctx.Err())...)
				}
			}
			n, err := s.sweep(ctx, tenant, of, some)
			swept += n
			errs = append(errs, err)
		}
	}
	return swept, errors.Join(errs...)
}

// sweep moves expired keys of the parents, and returns how many of them were not moved yet.
func (s *Keys) sweep(ctx context.Context, tenant string, of parents, due []table.Key) (swept int, err error) {
	err = table.RetryStale(ctx, func(ctx context.Context) error {
		swept = 0
		still, err := s.db.GetAll(ctx, due)
		if err != nil || len(still) == 0 {
			return err
		}
		rows := make([]table.Key, len(still))
		for i, item := range still {
			rows[i] = table.KeyRow(tenant, item.Key().ID())
		}
		found, err := s.db.GetAll(ctx, rows)
		if err != nil {
			return err
		}
		tx := new(table.Transaction)
		for _, item := range found {
			was := decodeStored(item)
			if was.Counted != api.KeyActive || !slices.ContainsFunc(still, func(e table.Item) bool { return e.Key() == table.Expiring(tenant, expiryOf(was), was.ID) }) {
				return table.ErrStale
			}
			is := was.Row
			is.Counted = api.KeyExpired
			moveRow(tx, tenant, was, is, nil)
			swept++
		}
		if swept == 0 {
			return table.ErrStale
		}
		countstore.MoveAll(tx, tenant, of.application, of.arx, swept, api.KeyActive, api.KeyExpired)
		countstore.Sweeping(tx, tenant)
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("keys of %s and %s: %w", of.application, of.arx, err)
	}
	return swept, nil
}

func expiryOf(r stored) time.Time {
	if r.ExpiresAt == nil {
		return time.Time{}
	}
	return *r.ExpiresAt
}
