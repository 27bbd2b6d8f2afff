// Package usestore keeps how often keys are verified: figures by day, hour and code, and last uses.
package usestore

import (
	"context"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Uses is where the use of keys is kept.
type Uses struct{ db *table.Table }

// New returns the use that lies in the table.
func New(db *table.Table) *Uses { return &Uses{db} }

// Hours returns the figures of the subject for the days that the range touches.
func (s *Uses) Hours(ctx context.Context, of usage.Subject, r usage.Range) (usage.Hours, error) {
	days := r.Days()
	first, last := table.UseDay(of.ID, of.ArxID, days[0]), table.UseDay(of.ID, of.ArxID, days[len(days)-1])
	items, err := s.db.Query(ctx, table.Between(first, last), 0)
	if err != nil {
		return nil, fmt.Errorf("read the use of %s: %w", of.ID, err)
	}
	hours := usage.Hours{}
	for _, item := range items {
		decodeDay(item, hours)
	}
	return hours, nil
}

// Summaries returns how the records with the ids were used of late, by id. It reads all of them
// together.
func (s *Uses) Summaries(ctx context.Context, now time.Time, ids ...string) (map[string]usage.Summary, error) {
	var wanted []table.Key
	for _, id := range ids {
		wanted = append(wanted, Recent(id, now)...)
	}
	items, err := s.db.GetAll(ctx, wanted)
	if err != nil {
		return nil, fmt.Errorf("read uses: %w", err)
	}
	return Summaries(items, now), nil
}

// add adds figures to a day.
func (s *Uses) add(ctx context.Context, d usage.Day, f usage.Figures) error {
	amounts := map[string]int{}
	for cell, n := range f {
		amounts[attribute(cell)] += n
	}
	ends := table.Item{}
	ends.SetTTL(d.Start.Add(kept))
	return s.db.Add(ctx, table.UseDay(d.ID, d.ArxID, d.Start), amounts, ends)
}

// used sets the last use by the newest access key, or by the older one, unless a later one is known.
func (s *Uses) used(ctx context.Context, of usage.Subject, attribute, four string, last usage.Sight) error {
	set := table.Item{}
	set.SetString(four, last.LastFour)
	return s.db.SetLater(ctx, table.LastUse(of.ID), attribute, last.At, set)
}
