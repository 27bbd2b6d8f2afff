package managementkeystore

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns a page of the tenant's management keys, newest first, with their totals and the cursor of
// the next page, nil on the last. It returns problem.InvalidField for a cursor of another tenant or filter.
//
// It reads all of the tenant's management keys: there are tens, not thousands, so their totals need no
// stored counts.
func (s *ManagementKeys) List(ctx context.Context, tenant string, req api.ListManagementKeysRequest, now time.Time) ([]managementkeys.ManagementKey, api.ManagementKeyTotals, *string, error) {
	var totals api.ManagementKeyTotals
	var all []managementkeys.ManagementKey // that match
	search := names.NewSearch(req.Query)
	for row, err := range s.db.Rows(ctx, table.Partition(table.ManagementKeyRow(tenant, "")).Behind("", true), req.Items()+1) {
		if err != nil {
			return nil, totals, nil, fmt.Errorf("list management keys: %w", err)
		}
		m := Decode(tenant, row)
		status := m.Status(now)
		count(&totals, status)
		if (req.Status == "" || req.Status == status) && search.Finds(m.Name, m.ID) {
			all = append(all, m)
		}
	}
	page, err := table.List[managementkeys.ManagementKey]{
		Prefix: api.ManagementKeyPrefix, Page: req.Page,
		Words: []string{api.ListManagementKeys.Name, tenant, req.Query, string(req.Status)},
		Rows: func(position string, _ bool, _ int) iter.Seq2[managementkeys.ManagementKey, error] {
			return behind(all, position)
		},
		ID: func(m managementkeys.ManagementKey) string { return m.ID },
	}.Read()
	if err != nil {
		return nil, totals, nil, err
	}
	if err := s.addUses(ctx, page.Rows); err != nil {
		return nil, totals, nil, fmt.Errorf("list management keys: %w", err)
	}
	return page.Rows, totals, page.Next, nil
}

// behind iterates over those of all, newest first, that are older than position.
func behind(all []managementkeys.ManagementKey, position string) iter.Seq2[managementkeys.ManagementKey, error] {
	return func(yield func(managementkeys.ManagementKey, error) bool) {
		for _, m := range all {
			if (position == "" || m.ID < position) && !yield(m, nil) {
				return
			}
		}
	}
}

func count(totals *api.ManagementKeyTotals, status api.ManagementKeyStatus) {
	totals.Total++
	if status == api.ManagementKeyExpired {
		totals.Expired++
	} else {
		totals.Active++
	}
}
