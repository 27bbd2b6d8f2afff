// Package usestore stores how often keys are verified: figures by day, hour and code, and the latest uses
// of each record, which are all that lists read.
package usestore

import (
	"cmp"
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
// used is not in the map. It makes one call.
func (s *Uses) Summaries(ctx context.Context, tenant string, now time.Time, ids ...string) (map[string]usage.Summary, error) {
	parts := parts(now)
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = table.LatestUse(tenant, id)
	}
	items, err := s.db.EventuallyConsistent().GetAll(ctx, keys, attributes(parts)...)
	if err != nil {
		return nil, fmt.Errorf("read latest uses: %w", err)
	}
	found := map[string]usage.Summary{}
	for _, item := range items {
		found[item.SortKey()] = summary(item, now, parts)
	}
	return found, nil
}

// PageSummaries is Summaries for a page of a list that contains most records. If the page is in order of creation, its
// ids are nearly all of the ids between the first and the last. PageSummaries then queries that range, which
// costs a tenth, up to twice as many items as there are ids. It reads the remaining ones in a second call.
func (s *Uses) PageSummaries(ctx context.Context, tenant string, now time.Time, ids ...string) (map[string]usage.Summary, error) {
	if len(ids) < 2 || !inOrder(ids) {
		return s.Summaries(ctx, tenant, now, ids...)
	}
	parts, limit := parts(now), 2*len(ids)
	first, last := ids[0], ids[len(ids)-1]
	between := table.Between(table.LatestUse(tenant, min(first, last)), table.LatestUse(tenant, max(first, last)))
	items, err := s.db.EventuallyConsistent().Query(ctx, between, limit, attributes(parts)...)
	if err != nil {
		return nil, fmt.Errorf("read latest uses: %w", err)
	}
	found := map[string]usage.Summary{}
	for _, item := range items {
		if id := item.SortKey(); slices.Contains(ids, id) {
			found[id] = summary(item, now, parts)
		}
	}
	if len(items) < limit {
		return found, nil
	}
	end := items[limit-1].SortKey()
	left := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id <= end })
	rest, err := s.Summaries(ctx, tenant, now, left...)
	maps.Copy(found, rest)
	return found, err
}

// mostRecords bounds how many records Busiest compares.
const mostRecords = 1000

// Busiest returns the ids of the tenant's records with the prefix of their ids that were used most in the
// last 24 hours, at most limit. Records that were used equally often are in the order of their last use. It
// does not return a record that was never used, and compares the oldest 1,000 records.
func (s *Uses) Busiest(ctx context.Context, tenant, prefix string, now time.Time, limit int) ([]string, error) {
	parts := parts(now)
	all := table.Prefixed(table.LatestUse(tenant, prefix))
	items, err := s.db.EventuallyConsistent().Query(ctx, all, mostRecords, attributes(parts)...)
	if err != nil {
		return nil, fmt.Errorf("read latest uses: %w", err)
	}
	ids, found := make([]string, len(items)), map[string]usage.Summary{}
	for i, item := range items {
		ids[i] = item.SortKey()
		found[ids[i]] = summary(item, now, parts)
	}
	slices.SortFunc(ids, func(a, b string) int {
		if more := cmp.Compare(found[b].Uses, found[a].Uses); more != 0 {
			return more
		}
		return found[b].Last.Newest.At.Compare(found[a].Last.Newest.At)
	})
	return ids[:min(len(ids), limit)], nil
}

// attributes returns the attributes that summary reads.
func attributes(parts []string) []string {
	return append([]string{newest, newestFour, older, olderFour}, parts...)
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
