package keystore

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// List returns rows of the tenant's keys, sorted as the request wants it, and the cursor of the next
// page, nil on the last. Rows of deleted keys come only where the request includes them or asks for
// that status. A cursor of another tenant, filter or sort is problem.InvalidField.
func (s *Keys) List(ctx context.Context, tenant string, req api.ListKeysRequest, now time.Time) ([]keys.Row, *string, error) {
	gone, err := s.deletedArxes(ctx, tenant)
	if err != nil {
		return nil, nil, fmt.Errorf("list keys: %w", err)
	}
	filter := filter{req: req, search: names.NewSearch(req.Query), now: now, gone: gone}
	return table.List[keys.Row]{
		Prefix: api.KeyPrefix, Page: req.Page, Sort: string(req.Sort),
		Words: []string{api.ListKeys.Name, tenant, req.Query, req.ApplicationID, req.ArxID, string(req.Status), req.Include},
		Rows: func(position string, backward bool, expected int) iter.Seq2[keys.Row, error] {
			return s.rows(ctx, tenant, filter, position, backward, expected)
		},
		ID: func(r keys.Row) string { return r.ID },
		By: func(r keys.Row, column string) string { return by(r, filter.status(r), column) },
	}.Read()
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

func (f filter) status(r keys.Row) api.KeyStatus {
	if f.gone[r.ArxID] {
		return r.Status(f.now, api.ArxDeleted)
	}
	return r.Status(f.now, api.ArxActive)
}

func (f filter) passes(r keys.Row) bool {
	status := f.status(r)
	if f.req.Status != "" && status != f.req.Status || status == api.KeyDeleted && !f.wantsDeleted() {
		return false
	}
	if f.req.ApplicationID != "" && r.ApplicationID != f.req.ApplicationID || f.req.ArxID != "" && r.ArxID != f.req.ArxID {
		return false
	}
	hint := accesskey.Hint(r.Env, strings.TrimPrefix(r.ID, api.KeyPrefix), r.LastFour)
	return f.search.Finds(r.Name, r.ID, hint)
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

// Details returns the parents of the rows, as they are now, and how the keys were used, in the order of
// the rows. It reads what it takes of a single row in one call, and of several in two at once.
func (s *Keys) Details(ctx context.Context, tenant string, rows ...keys.Row) ([]keys.Details, error) {
	now := s.now()
	var wanted []table.Key
	var ids []string
	for _, r := range rows {
		wanted = append(wanted, table.Application(tenant, r.ApplicationID), table.Arx(tenant, r.ArxID))
		ids = append(ids, r.ID)
	}
	var items []table.Item
	var used map[string]usage.Summary
	group, ctx := errgroup.WithContext(ctx)
	if len(rows) == 1 {
		wanted = append(wanted, table.LatestUse(tenant, rows[0].ID))
	} else {
		group.Go(func() (err error) {
			used, err = usestore.New(s.db).Summaries(ctx, tenant, now, ids...)
			return err
		})
	}
	group.Go(func() (err error) {
		items, err = s.db.GetAll(ctx, wanted)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("read the details of keys: %w", err)
	}
	found := map[string]table.Item{}
	for _, item := range items {
		found[item.SortKey()] = item
	}
	if len(rows) == 1 {
		used = map[string]usage.Summary{rows[0].ID: usestore.Summary(found[rows[0].ID], now)}
	}
	details := make([]keys.Details, len(rows))
	for i, r := range rows {
		app := applicationstore.Decode(tenant, found[r.ApplicationID])
		arx := arxstore.Decode(tenant, found[r.ArxID])
		app.ID, arx.ID = r.ApplicationID, r.ArxID // also where there is none any more
		details[i] = keys.Details{Parents: keys.ParentsOf(app, arx), Used: used[r.ID]}
	}
	return details, nil
}
