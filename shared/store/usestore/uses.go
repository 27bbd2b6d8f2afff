// Package usestore keeps how often keys are verified: figures by day, hour and code, and beside them the
// latest uses of each record, which are all that lists read.
package usestore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Uses is where the use of keys is kept.
type Uses struct{ db *table.Table }

// New returns the use that lies in the table.
func New(db *table.Table) *Uses { return &Uses{db} }

// Hours returns the figures of the subject for the days that the range touches. Where it is by day, those of
// a day are all in its first hour.
func (s *Uses) Hours(ctx context.Context, of usage.Subject, r usage.Range) (usage.Hours, error) {
	attributes, decode := []string(nil), decodeHours
	if r.Interval == api.ByDay {
		attributes, decode = wholeDay, decodeDay
	}
	days := r.Days()
	first, last := table.UseDay(of.ID, of.ArxID, days[0]), table.UseDay(of.ID, of.ArxID, days[len(days)-1])
	items, err := s.db.EventuallyConsistent().Query(ctx, table.Between(first, last), 0, attributes...)
	if err != nil {
		return nil, fmt.Errorf("read the use of %s: %w", of.ID, err)
	}
	hours := usage.Hours{}
	for _, item := range items {
		decode(item, hours)
	}
	return hours, nil
}

// Summaries returns how the tenant's records with the ids were used of late, by id; of one that never was,
// nothing.
//
// The ids of a page in the order of creation are all there is between the first and the last, or nearly, so
// it reads that range, up to twice as many items as there are ids. Those that lie behind it, as where a page
// is sorted by something else, it reads one by one, in a second call. A single one it reads by itself.
func (s *Uses) Summaries(ctx context.Context, tenant string, now time.Time, ids ...string) (map[string]usage.Summary, error) {
	db, attributes := s.db.EventuallyConsistent(), shown(now)
	found := map[string]usage.Summary{}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	take := func(items []table.Item) {
		for _, item := range items {
			if id := item.SortKey(); wanted[id] {
				found[id] = Summary(item, now)
				delete(wanted, id)
			}
		}
	}
	if len(wanted) > 1 {
		limit := 2 * len(wanted)
		between := table.Between(table.LatestUse(tenant, slices.Min(ids)), table.LatestUse(tenant, slices.Max(ids)))
		items, err := db.Query(ctx, between, limit, attributes...)
		if err != nil {
			return nil, fmt.Errorf("read latest uses: %w", err)
		}
		take(items)
		if len(items) < limit {
			return found, nil
		}
		end := items[len(items)-1].SortKey()
		maps.DeleteFunc(wanted, func(id string, _ bool) bool { return id <= end })
	}
	var rest []table.Key
	for id := range wanted {
		rest = append(rest, table.LatestUse(tenant, id))
	}
	items, err := db.GetAll(ctx, rest, attributes...)
	if err != nil {
		return nil, fmt.Errorf("read latest uses: %w", err)
	}
	take(items)
	return found, nil
}

// add adds figures to a day.
func (s *Uses) add(ctx context.Context, d usage.Day, f usage.Figures) error {
	ends := table.Item{}
	ends.SetTTL(d.Start.Add(kept))
	return s.db.Add(ctx, table.UseDay(d.ID, d.ArxID, d.Start), amounts(f), ends)
}
