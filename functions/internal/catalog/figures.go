package catalog

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Figures are what answers to get and list show beside records: the counts of their keys, and the use
// of those.
type Figures struct {
	Keys map[string]api.KeyTotals // by the record's id
	used map[string]usage.Summary
}

// Counter reads the counts of the keys of the records whose ids lie between the two, both included.
type Counter func(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)

// Uses is where the use of keys is read.
type Uses interface {
	Summaries(ctx context.Context, tenant string, now time.Time, ids ...string) (map[string]usage.Summary, error)
}

// FiguresOf reads the figures of the records with the ids, of which there is at least one.
func FiguresOf(ctx context.Context, count Counter, uses Uses, tenant string, now time.Time, ids ...string) (f Figures, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		f.Keys, err = count(ctx, tenant, slices.Min(ids), slices.Max(ids), now)
		return err
	})
	group.Go(func() (err error) {
		f.used, err = uses.Summaries(ctx, tenant, now, ids...)
		return err
	})
	err = group.Wait()
	return f, err
}

// Use returns the use of the record's keys.
func (f Figures) Use(id string) *api.Use { return new(f.used[id].Response()) }
