package keystore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
)

// Few are the first rows of many.
type Few struct {
	Rows  []keys.Row
	Count int  // how many there are
	More  bool // there may be more: the reading ended before
}

const (
	maxExpiring = 1_000
	maxAging    = 10_000 // 3 MB of rows
	maxUnused   = 300    // three reads of a hundred
)

// Expiring returns the tenant's active keys that expire between the two times, the soonest first: the
// first rows, and how many there are, up to 1,000.
func (s *Keys) Expiring(ctx context.Context, tenant string, from, to time.Time, rows int) (Few, error) {
	r := table.Partition(table.Expiring(tenant, from, ""))
	r.From, r.To = table.ExpiringBefore(from.Add(time.Millisecond)), table.ExpiringBefore(to)
	items, err := s.db.Query(ctx, r, maxExpiring+1)
	if err != nil {
		return Few{}, fmt.Errorf("list expiring keys: %w", err)
	}
	few := Few{More: len(items) > maxExpiring}
	gone, err := s.deletedArxes(ctx, tenant)
	if err != nil {
		return Few{}, fmt.Errorf("list expiring keys: %w", err)
	}
	var order []string
	var wanted []table.Key
	for _, item := range items[:min(len(items), maxExpiring)] {
		arx, id := decodeExpiring(item)
		if gone[arx] {
			continue
		}
		if few.Count++; few.Count <= rows {
			order, wanted = append(order, id), append(wanted, table.KeyRow(tenant, id))
		}
	}
	found, err := s.db.GetAll(ctx, wanted)
	if err != nil {
		return Few{}, fmt.Errorf("list expiring keys: %w", err)
	}
	by := map[string]keys.Row{}
	for _, item := range found {
		row := decodeRow(item)
		by[row.ID] = row
	}
	for _, id := range order {
		if row, ok := by[id]; ok { // not deleted meanwhile
			few.Rows = append(few.Rows, row)
		}
	}
	return few, nil
}

// decodeExpiring returns which key will expire, and its Arx.
func decodeExpiring(item table.Item) (arxID, id string) {
	_, id, _ = strings.Cut(item.SortKey(), "#")
	return item.String(countstore.ExpiringArx), id
}

// Aging are the tenant's active keys that time has made worth a look.
type Aging struct {
	RotationDue Few // past the time of their rotation, the oldest first
	Overlaps    Few // with two access keys, that whose older one ends the soonest first
	Unused      Few // neither created nor used within keys.UnusedAfter, the oldest first
}

// Aging goes through the oldest 10,000 rows, for those are due first: an index by time would be one more
// item in every create and rotation, and save a page that few look at one read of 3 MB at most. Of the
// keys that are old enough to be unused, the last use of the oldest 300 is read.
func (s *Keys) Aging(ctx context.Context, tenant string, now time.Time, rows int) (Aging, error) {
	items, err := s.db.Query(ctx, table.Prefixed(table.KeyRow(tenant, api.KeyPrefix)), maxAging+1)
	if err != nil {
		return Aging{}, fmt.Errorf("list aging keys: %w", err)
	}
	gone, err := s.deletedArxes(ctx, tenant)
	if err != nil {
		return Aging{}, fmt.Errorf("list aging keys: %w", err)
	}
	var due, overlaps, old []keys.Row
	for _, item := range items[:min(len(items), maxAging)] {
		row := decodeRow(item)
		if gone[row.ArxID] || row.Status(now, api.ArxActive) != api.KeyActive {
			continue
		}
		if !now.Before(row.RotateBy) {
			due = append(due, row)
		}
		if row.Overlap(now) != nil {
			overlaps = append(overlaps, row)
		}
		if !now.Before(row.CreatedAt.Add(keys.UnusedAfter)) {
			old = append(old, row)
		}
	}
	slices.SortStableFunc(overlaps, func(a, b keys.Row) int { return a.OverlapUntil.Compare(*b.OverlapUntil) })
	unused, err := s.unused(ctx, tenant, old[:min(len(old), maxUnused)], now)
	if err != nil {
		return Aging{}, fmt.Errorf("list aging keys: %w", err)
	}
	more := len(items) > maxAging
	return Aging{
		RotationDue: few(due, rows, more),
		Overlaps:    few(overlaps, rows, more),
		Unused:      few(unused, rows, more || len(old) > maxUnused),
	}, nil
}

func few(of []keys.Row, rows int, more bool) Few {
	return Few{Rows: of[:min(len(of), rows)], Count: len(of), More: more}
}

// unused returns those of the rows whose keys were not used within keys.UnusedAfter.
func (s *Keys) unused(ctx context.Context, tenant string, of []keys.Row, now time.Time) (unused []keys.Row, err error) {
	ids := make([]string, len(of))
	for i, row := range of {
		ids[i] = row.ID
	}
	used, err := usestore.New(s.db).Summaries(ctx, tenant, now, ids...)
	if err != nil {
		return nil, err
	}
	for _, row := range of {
		if last := used[row.ID].Last.At(); last == nil || !now.Before(last.Add(keys.UnusedAfter)) {
			unused = append(unused, row)
		}
	}
	return unused, nil
}
