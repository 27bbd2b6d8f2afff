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

// settlers is how many keys of a deleted Arx are settled at once.
const settlers = 8

// Settle makes the rows of a deleted Arx's keys show that they are deleted, with the events that
// change returns. It goes on until there are none left or the context ends; called again, it goes
// on where it stopped.
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
				return nil // somebody else deleted it meanwhile
			}
			return err
		})
	}
	// A key that can't be settled ends the reading too, so that its error is the cause.
	if err := cmp.Or(group.Wait(), readErr); err != nil {
		return fmt.Errorf("settle the keys of %s: %w", arxID, err)
	}
	return nil
}
