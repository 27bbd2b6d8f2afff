package managementkeystore

import (
	"context"
	"fmt"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns the tenant's management keys, newest first, how many there are, and the cursor of the
// next page, nil on the last. A cursor of another tenant or filter is problem.InvalidField.
//
// It reads all of the tenant's: there are tens, not thousands, and so their totals need no counts.
func (s *ManagementKeys) List(ctx context.Context, tenant string, req api.ListManagementKeysRequest, now time.Time) ([]managementkeys.ManagementKey, api.ManagementKeyTotals, *string, error) {
	var totals api.ManagementKeyTotals
	list := []string{api.ListManagementKeys.Name, tenant, req.Query, string(req.Status)}
	position, err := table.Position(req.Cursor, api.ManagementKeyPrefix, list...)
	if err != nil {
		return nil, totals, nil, err
	}
	all := table.Partition(table.ManagementKeyRow(tenant, ""))
	all.Backward = true
	search := names.NewSearch(req.Query)
	var found []managementkeys.ManagementKey
	for row, err := range s.db.Rows(ctx, all, req.Items()+1) {
		if err != nil {
			return nil, totals, nil, fmt.Errorf("list management keys: %w", err)
		}
		m := Decode(tenant, row)
		status := m.Status(now)
		count(&totals, status)
		if (position == "" || m.ID < position) && (req.Status == "" || req.Status == status) && search.Finds(m.Name, m.ID) {
			found = append(found, m)
		}
	}
	var next *string
	if len(found) > req.Items() {
		found = found[:req.Items()]
		cursor := table.Cursor(found[len(found)-1].ID, list...)
		next = &cursor
	}
	if err := s.readUses(ctx, found); err != nil {
		return nil, totals, nil, fmt.Errorf("list management keys: %w", err)
	}
	return found, totals, next, nil
}

func count(totals *api.ManagementKeyTotals, status api.ManagementKeyStatus) {
	totals.Total++
	if status == api.ManagementKeyExpired {
		totals.Expired++
	} else {
		totals.Active++
	}
}
