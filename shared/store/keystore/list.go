package keystore

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns rows of the tenant's keys, newest first, and the cursor of the next page, nil on the
// last. Rows of deleted keys come only where the request includes them or asks for that status.
// A cursor of another tenant or filter is problem.InvalidField.
func (s *Keys) List(ctx context.Context, tenant string, req api.ListKeysRequest, now time.Time) ([]keys.Row, *string, error) {
	list := []string{api.ListKeys.Name, tenant, req.Query, req.ApplicationID, req.ArxID, string(req.Status), req.Include}
	position, err := table.Position(req.Cursor, api.KeyPrefix, list...)
	if err != nil {
		return nil, nil, err
	}
	gone, err := s.deletedArxes(ctx, tenant)
	if err != nil {
		return nil, nil, fmt.Errorf("list keys: %w", err)
	}
	filter := filter{req: req, search: names.NewSearch(req.Query), now: now, gone: gone}
	var found []keys.Row
	for row, err := range s.rows(ctx, tenant, position, filter.wantsDeleted(), req.Items()+1) {
		if err != nil {
			return nil, nil, fmt.Errorf("list keys: %w", err)
		}
		if !filter.passes(row) {
			continue
		}
		if len(found) == req.Items() {
			next := table.Cursor(found[len(found)-1].ID, list...)
			return found, &next, nil
		}
		found = append(found, row)
	}
	return found, nil, nil
}

// filter says which rows a request wants.
type filter struct {
	req    api.ListKeysRequest
	search names.Search
	now    time.Time
	gone   map[string]bool // Arxes that are deleted, but whose keys' rows may not show it yet
}

// wantsDeleted reports whether rows of deleted keys can be among what is wanted.
func (f filter) wantsDeleted() bool {
	return f.req.Include == "deleted" || f.req.Status == api.KeyDeleted
}

func (f filter) passes(r keys.Row) bool {
	arx := api.ArxActive
	if f.gone[r.ArxID] {
		arx = api.ArxDeleted
	}
	status := r.Status(f.now, arx)
	if f.req.Status != "" && status != f.req.Status || status == api.KeyDeleted && !f.wantsDeleted() {
		return false
	}
	if f.req.ApplicationID != "" && r.ApplicationID != f.req.ApplicationID || f.req.ArxID != "" && r.ArxID != f.req.ArxID {
		return false
	}
	hint := accesskey.Hint(r.Env, strings.TrimPrefix(r.ID, api.KeyPrefix), r.LastFour)
	return f.search.Finds(r.Name, r.ID, hint)
}

// rows goes through the tenant's rows in front of the position, newest first: those of deleted keys
// lie apart, and are merged in where they are wanted.
func (s *Keys) rows(ctx context.Context, tenant, position string, deleted bool, expected int) iter.Seq2[keys.Row, error] {
	stretch := func(of func(tenant, id string) table.Key) iter.Seq2[table.Item, error] {
		r := table.Prefixed(of(tenant, api.KeyPrefix))
		r.Backward = true
		if position != "" {
			r = r.Before(of(tenant, position).SK)
		}
		return s.db.Rows(ctx, r, expected)
	}
	if !deleted {
		return decoded(stretch(table.KeyRow))
	}
	return merged(decoded(stretch(table.KeyRow)), decoded(stretch(table.DeletedKeyRow)))
}

func decoded(items iter.Seq2[table.Item, error]) iter.Seq2[keys.Row, error] {
	return func(yield func(keys.Row, error) bool) {
		for item, err := range items {
			if err != nil {
				yield(keys.Row{}, err)
				return
			}
			if !yield(decodeRow(item), nil) {
				return
			}
		}
	}
}

// merged goes through both, newest first. Ids sort by time. A row of live that is in deleted too was
// deleted between the two reads.
func merged(live, deleted iter.Seq2[keys.Row, error]) iter.Seq2[keys.Row, error] {
	return func(yield func(keys.Row, error) bool) {
		nextA, stopA := iter.Pull2(live)
		defer stopA()
		nextB, stopB := iter.Pull2(deleted)
		defer stopB()
		rowA, errA, okA := nextA()
		rowB, errB, okB := nextB()
		for okA || okB {
			if okA && okB && errA == nil && errB == nil && rowA.ID == rowB.ID {
				rowA, errA, okA = nextA()
				continue
			}
			if okA && (errA != nil || !okB || rowA.ID > rowB.ID) {
				if !yield(rowA, errA) || errA != nil {
					return
				}
				rowA, errA, okA = nextA()
			} else {
				if !yield(rowB, errB) || errB != nil {
					return
				}
				rowB, errB, okB = nextB()
			}
		}
	}
}

// deletedArxes returns the tenant's Arxes that are deleted, but whose keys are still being settled.
func (s *Keys) deletedArxes(ctx context.Context, tenant string) (map[string]bool, error) {
	items, err := s.db.Query(ctx, table.Partition(table.Settling(tenant, "")), 0)
	gone := map[string]bool{}
	for _, item := range items {
		gone[item.SortKey()] = true
	}
	return gone, err
}

// Parents returns the parents of the rows, as they are now, in the order of the rows.
func (s *Keys) Parents(ctx context.Context, tenant string, rows ...keys.Row) ([]keys.Parents, error) {
	var wanted []table.Key
	for _, r := range rows {
		wanted = append(wanted, table.Application(tenant, r.ApplicationID), table.Arx(tenant, r.ArxID))
	}
	items, err := s.db.GetAll(ctx, wanted)
	if err != nil {
		return nil, fmt.Errorf("read the parents of keys: %w", err)
	}
	found := map[string]table.Item{}
	for _, item := range items {
		found[item.SortKey()] = item
	}
	parents := make([]keys.Parents, len(rows))
	for i, r := range rows {
		app := applicationstore.Decode(tenant, found[r.ApplicationID])
		arx := arxstore.Decode(tenant, found[r.ArxID])
		parents[i] = keys.Parents{
			Application: api.KeyApplication{ID: r.ApplicationID, Name: app.Name, Status: app.Status},
			Arx:         api.KeyArx{ID: r.ArxID, Name: arx.Name, Purpose: arx.Purpose, Status: arx.Status},
		}
	}
	return parents, nil
}
