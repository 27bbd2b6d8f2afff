// Package usestore stores how often keys are verified: figures by day, hour and code, and the latest uses
// of each record, which are all that lists read.
package usestore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Uses reads and writes the usage in the table.
type Uses struct{ db *table.Table }

// New returns the store of the usage in db.
func New(db *table.Table) *Uses { return &Uses{db} }

// Hours returns the subject's figures for the days in the range. If the range's interval is a day, each
// day's figures are in its first hour.
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

// Summaries returns the latest uses of the tenant's records with the ids, by id. A record that was never
// used is not in the map.
//
// If the ids are sorted, as on a page ordered by creation, they are nearly all of the ids between the first
// and the last. Summaries then queries that range, up to twice as many items as there are ids, and reads
// the remaining ones in a second call. It reads other ids, or a single one, with one batch get.
func (s *Uses) Summaries(ctx context.Context, tenant string, now time.Time, ids ...string) (map[string]usage.Summary, error) {
	db, parts := s.db.EventuallyConsistent(), parts(now)
	attributes := append([]string{newest, newestFour, older, olderFour}, parts...)
	found, left := map[string]usage.Summary{}, map[string]bool{}
	for _, id := range ids {
		left[id] = true
	}
	take := func(items []table.Item) {
		for _, item := range items {
			if id := item.SortKey(); left[id] {
				found[id] = summary(item, now, parts)
			}
		}
	}
	if len(left) > 1 && inOrder(ids) {
		first, last := ids[0], ids[len(ids)-1]
		limit := 2 * len(left)
		items, err := db.Query(ctx, table.Between(table.LatestUse(tenant, min(first, last)), table.LatestUse(tenant, max(first, last))), limit, attributes...)
		if err != nil {
			return nil, fmt.Errorf("read latest uses: %w", err)
		}
		take(items)
		if len(items) < limit {
			return found, nil
		}
		end := items[len(items)-1].SortKey()
		maps.DeleteFunc(left, func(id string, _ bool) bool { return id <= end })
	}
	var keys []table.Key
	for id := range left {
		keys = append(keys, table.LatestUse(tenant, id))
	}
	items, err := db.GetAll(ctx, keys, attributes...)
	if err != nil {
		return nil, fmt.Errorf("read latest uses: %w", err)
	}
	take(items)
	return found, nil
}

// inOrder reports whether the ids are sorted, ascending or descending.
func inOrder(ids []string) bool {
	return slices.IsSorted(ids) || slices.IsSortedFunc(ids, func(a, b string) int { return strings.Compare(b, a) })
}

// add adds figures to a day.
func (s *Uses) add(ctx context.Context, d usage.Day, f usage.Figures) error {
	ends := table.Item{}
	ends.SetTTL(d.Start.Add(kept))
	return s.db.Add(ctx, table.UseDay(d.ID, d.ArxID, d.Start), amounts(f), ends)
}

// StoredDay returns the item of a day with the figures.
func StoredDay(d usage.Day, f usage.Figures) table.Item {
	item := table.NewItem(table.UseDay(d.ID, d.ArxID, d.Start))
	for attribute, n := range amounts(f) {
		item.SetInt(attribute, n)
	}
	item.SetTTL(d.Start.Add(kept))
	return item
}
