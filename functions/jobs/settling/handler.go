package main

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
)

type handler struct {
	arxes  settlements
	keys   settler
	random io.Reader
}

type settlements interface {
	Settlements(ctx context.Context, now time.Time) iter.Seq2[arxstore.Settlement, error]
	Settled(ctx context.Context, of arxstore.Settlement, began time.Time) error
}

type settler interface {
	Settle(ctx context.Context, tenant, arxID string, change func(keys.Key) (keys.Key, audit.Event, error)) error
}

// settle settles the keys of every deleted Arx, and returns the number of settled Arxes. A failure does not
// stop the others.
func (h handler) settle(ctx context.Context, now time.Time) (int, error) {
	settled := 0
	var errs []error
	for s, err := range h.arxes.Settlements(ctx, now) {
		if err == nil {
			err = h.keys.Settle(ctx, s.Tenant, s.ArxID, keys.WithArx(s.By, now, h.random))
		}
		// Only after all keys are settled: readers rely on the settlement until then.
		if err == nil {
			err = h.arxes.Settled(ctx, s, now)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		settled++
	}
	return settled, errors.Join(errs...)
}
