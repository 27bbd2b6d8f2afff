package keystore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
)

// A roll-up checks all keys of a tenant once a day and marks the unused ones, because finding them on
// demand would mean to read every key. It stops when its time is up, and the next run continues.

// Attributes of a roll-up's item.
const (
	rolledThrough = "through" // id of the last key checked; missing if no roll-up is in progress
	rolledUp      = "at"      // start of the latest completed roll-up
	rollsUp       = "began"   // start of the roll-up in progress
)

const (
	rollUpEvery = 24 * time.Hour
	rollUpChunk = 500
	rollUpLeft  = 10 * time.Second // time that must be left in a run to start another chunk
)

// rolledUp returns the start of the latest completed roll-up of the tenant's keys, nil if there was none.
func (s *Keys) rolledUp(ctx context.Context, tenant string) (*time.Time, error) {
	item, err := s.db.Get(ctx, table.RollUp(tenant))
	return item.OptionalTime(rolledUp), err
}

// RollUp rolls up the keys of all tenants that are due by now. It returns the number of keys whose mark it
// set or removed. It continues after an error, and is safe to repeat and to run concurrently.
func (s *Keys) RollUp(ctx context.Context, now time.Time) (int, error) {
	marked := 0
	var errs []error
	for at, err := range s.db.Due(ctx, table.RollUpJob, now) {
		if err != nil {
			errs = append(errs, err)
			break
		}
		n, err := s.rollUp(ctx, at.Tenant(), now)
		marked += n
		if err != nil {
			errs = append(errs, fmt.Errorf("tenant %s: %w", at.Tenant(), err))
		}
		if soonOver(ctx) {
			break
		}
	}
	if err := errors.Join(errs...); err != nil {
		return marked, fmt.Errorf("roll up: %w", err)
	}
	return marked, nil
}

// soonOver reports whether the run has no time for another chunk.
func soonOver(ctx context.Context) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() != nil || bounded && time.Until(end) < rollUpLeft
}

func (s *Keys) rollUp(ctx context.Context, tenant string, now time.Time) (marked int, err error) {
	item, err := s.db.Get(ctx, table.RollUp(tenant))
	if err != nil || item == nil {
		return 0, err
	}
	began, through, latest := item.Time(rollsUp), item.String(rolledThrough), item.OptionalTime(rolledUp)
	if through == "" {
		began = now
	}
	var behind *position
	if through != "" {
		behind = &position{id: through}
	}
	// Only keys that are old enough can be unused, and ids sort by creation time.
	for {
		items, err := s.db.Query(ctx, byID.stretch(tenant, live, behind, false), rollUpChunk)
		if err != nil {
			return marked, err
		}
		rows := decodeRows(items)
		n, old, err := s.mark(ctx, tenant, rows, began)
		if marked += n; err != nil {
			return marked, err
		}
		if len(rows) < rollUpChunk || !old {
			return marked, s.rollUpDone(ctx, tenant, began)
		}
		behind = &position{id: rows[len(rows)-1].ID}
		if err := s.rollUpCame(ctx, tenant, began, behind.id, latest); err != nil || soonOver(ctx) {
			return marked, err
		}
	}
}

// mark marks the unused rows and removes the mark from the others. It reports whether all rows were old
// enough to be unused.
func (s *Keys) mark(ctx context.Context, tenant string, rows []keys.Row, now time.Time) (marked int, old bool, err error) {
	var candidates []keys.Row
	var ids []string
	old = true
	for _, r := range rows {
		if now.Before(r.CreatedAt.Add(keys.UnusedAfter)) {
			old = false
			break
		}
		candidates, ids = append(candidates, r), append(ids, r.ID)
	}
	used, err := usestore.New(s.db).PageSummaries(ctx, tenant, now, ids...)
	if err != nil {
		return 0, old, err
	}
	for _, r := range candidates {
		last := used[r.ID].Last.At()
		is := r.Counted == api.KeyActive && (last == nil || !now.Before(last.Add(keys.UnusedAfter)))
		if is == r.Unused {
			continue
		}
		if err := s.setUnused(ctx, tenant, r.ID, is); err != nil {
			return marked, old, err
		}
		marked++
	}
	return marked, old, nil
}

// setUnused writes the mark to the key's row if the key still exists.
func (s *Keys) setUnused(ctx context.Context, tenant, id string, is bool) error {
	return table.RetryStale(ctx, func(ctx context.Context) error {
		item, err := s.db.Get(ctx, table.KeyRow(tenant, id))
		if err != nil || item == nil {
			return err
		}
		was := decodeStored(item)
		row := was.Row
		row.Unused = is
		tx := new(table.Transaction)
		moveRow(tx, tenant, was, row, nil)
		return s.db.Commit(ctx, tx)
	})
}

// rollUpCame records the progress of the roll-up that began at began, and the start of the latest completed
// one. It leaves the roll-up due at once.
func (s *Keys) rollUpCame(ctx context.Context, tenant string, began time.Time, through string, latest *time.Time) error {
	item := arxstore.RollUp(tenant, began)
	item.SetTime(rollsUp, began)
	item.SetString(rolledThrough, through)
	item.SetOptionalTime(rolledUp, latest)
	tx := new(table.Transaction)
	tx.Put(item)
	return s.db.Commit(ctx, tx)
}

// rollUpDone records that the roll-up that began at began is complete. The next one is due a day later.
func (s *Keys) rollUpDone(ctx context.Context, tenant string, began time.Time) error {
	item := arxstore.RollUp(tenant, began.Add(rollUpEvery))
	item.SetTime(rolledUp, began)
	tx := new(table.Transaction)
	tx.Put(item)
	return s.db.Commit(ctx, tx)
}
