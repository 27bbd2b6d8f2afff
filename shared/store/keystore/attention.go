package keystore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Few are the first rows of many.
type Few struct {
	Rows  []keys.Row
	Count int  // how many there are
	More  bool // there may be more: the reading ended before
}

const (
	maxExpiring = 1_000
	maxRotating = 10_000 // 3 MB of rows
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

// RotationDue returns the tenant's active keys that are past the time of their rotation, the oldest
// first: the first rows, and how many there are. It goes through the oldest 10,000 rows, for those are
// due first: an index by time would be one more item in every create and rotation, and save a page
// that few look at one read of 3 MB at most.
func (s *Keys) RotationDue(ctx context.Context, tenant string, now time.Time, rows int) (Few, error) {
	items, err := s.db.Query(ctx, table.Prefixed(table.KeyRow(tenant, api.KeyPrefix)), maxRotating+1)
	if err != nil {
		return Few{}, fmt.Errorf("list keys due for rotation: %w", err)
	}
	few := Few{More: len(items) > maxRotating}
	gone, err := s.deletedArxes(ctx, tenant)
	if err != nil {
		return Few{}, fmt.Errorf("list keys due for rotation: %w", err)
	}
	for _, item := range items[:min(len(items), maxRotating)] {
		row := decodeRow(item)
		if gone[row.ArxID] || now.Before(row.RotateBy) || row.Status(now, api.ArxActive) != api.KeyActive {
			continue
		}
		if few.Count++; few.Count <= rows {
			few.Rows = append(few.Rows, row)
		}
	}
	return few, nil
}
