package catalog

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Figures are what the responses to get and list show in addition to records: the counts of their keys, and
// the use of these keys.
type Figures struct {
	Keys map[string]api.KeyTotals // by record id
	used map[string]usage.Summary
}

// Counter returns the counts of keys of the records with ids between from and to, inclusive.
type Counter func(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)

// Uses reads the use of keys.
type Uses interface {
	PageSummaries(ctx context.Context, tenant string, now time.Time, ids ...string) (map[string]usage.Summary, error)
}

// FiguresOf reads the figures of the records with the ids. There must be at least one.
func FiguresOf(ctx context.Context, count Counter, uses Uses, tenant string, now time.Time, ids ...string) (f Figures, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		f.Keys, err = count(ctx, tenant, slices.Min(ids), slices.Max(ids), now)
		return err
	})
	group.Go(func() (err error) {
		f.used, err = uses.PageSummaries(ctx, tenant, now, ids...)
		return err
	})
	err = group.Wait()
	return f, err
}

// Use returns the use of the record's keys.
func (f Figures) Use(id string) *api.Use { return new(f.used[id].Response()) }
