package keystore

import (
	"cmp"
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// settlers is how many keys of a deleted Arx are settled concurrently.
const settlers = 8

// Settle marks the keys of a deleted Arx as deleted, with the events that change returns. It continues
// until none are left or the context ends; the next call continues from there.
func (s *Keys) Settle(ctx context.Context, tenant, arxID string, change func(keys.Key) (keys.Key, audit.Event, error)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(settlers)
	var readErr error
	for item, err := range s.db.All(ctx, byArx.stretch(tenant, within(arxID, live), nil, false)) {
		if err != nil {
			readErr = err
			break
		}
		row := decodeRow(item)
		group.Go(func() error {
			_, err := s.change(ctx, tenant, row.ID, change, true)
			if problem.Is(err, problem.WrongState) {
				return nil // deleted concurrently
			}
			return err
		})
	}
	// A key that cannot be settled also ends the iteration; its error is the cause.
	if err := cmp.Or(group.Wait(), readErr); err != nil {
		return fmt.Errorf("settle the keys of %s: %w", arxID, err)
	}
	return nil
}
