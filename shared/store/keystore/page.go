package keystore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/inactivestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Page is a page of a list of API keys.
type Page struct {
	Rows    []keys.Row
	Details []keys.Details // of the rows, in the same order
	Next    *string        // cursor of the next page, nil on the last
	Scanned int            // rows scanned, if the page ended at the bound before it was full
	Totals  api.KeyTotals  // of all keys of the tenant
}

// Page returns the requested page of the tenant's keys. Deleted keys are listed only if the request
// includes them or asks for that status. Page returns problem.InvalidField for a cursor of another tenant,
// filter or order.
//
// It makes four calls if an index matches the request's filter and order: the totals, the rows, then
// concurrently the parents and the use of the keys.
func (s *Keys) Page(ctx context.Context, tenant string, req api.ListKeysRequest, now time.Time) (Page, error) {
	l, err := s.list(ctx, tenant, req, now)
	if err != nil {
		return Page{}, fmt.Errorf("list keys: %w", err)
	}
	found, err := l.read(ctx)
	if err != nil {
		return Page{}, fmt.Errorf("list keys: %w", err)
	}
	p := Page{Rows: found.rows, Next: found.next, Scanned: found.scanned}
	details, beside, err := s.details(ctx, tenant, countstore.SweepsOf(tenant), p.Rows...)
	if err != nil {
		return Page{}, fmt.Errorf("list keys: %w", err)
	}
	if p.Details = details; !l.totals.Stands(beside) {
		if l.totals, err = s.counts.Steady(ctx, tenant, now); err != nil {
			return Page{}, fmt.Errorf("list keys: %w", err)
		}
	}
	p.Totals = l.totals.Keys()
	if req.Status == api.UnusedKeys {
		p.leaveOutUsed(now)
	}
	return p, nil
}

// leaveOutUsed removes the keys that were used since the roll-up found them unused.
func (p *Page) leaveOutUsed(now time.Time) {
	var rows []keys.Row
	var details []keys.Details
	for i, d := range p.Details {
		if last := d.Used.Last.At(); last == nil || !now.Before(last.Add(keys.UnusedAfter)) {
			rows, details = append(rows, p.Rows[i]), append(details, d)
		}
	}
	p.Rows, p.Details = rows, details
}

// list starts a read of the requested list.
func (s *Keys) list(ctx context.Context, tenant string, req api.ListKeysRequest, now time.Time) (list, error) {
	totals, err := s.counts.Read(ctx, tenant, now)
	if err != nil {
		return list{}, err
	}
	l := list{Keys: s, filter: filter{req: req, search: names.NewSearch(req.Query), now: now, gone: totals.Gone}, tenant: tenant, totals: totals}
	if req.Status == api.StoppedKeys {
		if l.inactive, err = inactivestore.New(s.db).List(ctx, tenant); err != nil {
			return list{}, err
		}
		l.stopped = l.inactive.IDs()
	}
	return l, nil
}

// details returns the current parents and the use of the rows' keys, in the order of the rows, and the
// items with the other keys. It reads them concurrently.
func (s *Keys) details(ctx context.Context, tenant string, others []table.Key, rows ...keys.Row) ([]keys.Details, []table.Item, error) {
	wanted := slices.Clone(others)
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		wanted = append(wanted, table.Application(tenant, r.ApplicationID), table.Arx(tenant, r.ArxID))
	}
	var items []table.Item
	var used map[string]usage.Summary
	group, both := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		items, err = s.db.GetAll(both, wanted, parentAttributes...)
		return err
	})
	group.Go(func() (err error) {
		used, err = usestore.New(s.db).Summaries(both, tenant, s.clock(), ids...)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, nil, fmt.Errorf("read the parents of keys: %w", err)
	}
	parents := parentsIn(tenant, items)
	details := make([]keys.Details, len(rows))
	for i, r := range rows {
		details[i] = keys.Details{Parents: parents(r), Used: used[r.ID]}
	}
	return details, items, nil
}

// parentAttributes are the attributes read of parents, and of the items that Reading.Stands checks.
var parentAttributes = slices.Concat(applicationstore.ParentAttributes, arxstore.ParentAttributes, []string{countstore.Moved})

// parentsIn returns a function that returns a row's parents from the items. It decodes each parent once.
func parentsIn(tenant string, items []table.Item) func(keys.Row) keys.Parents {
	applications, arxes := map[string]api.KeyApplication{}, map[string]api.KeyArx{}
	for _, item := range items {
		switch item.Key() {
		case table.Application(tenant, item.SortKey()):
			applications[item.SortKey()] = applicationstore.DecodeParent(item)
		case table.Arx(tenant, item.SortKey()):
			arxes[item.SortKey()] = arxstore.DecodeParent(item)
		}
	}
	return func(r keys.Row) keys.Parents {
		p := keys.Parents{Application: applications[r.ApplicationID], Arx: arxes[r.ArxID]}
		p.Application.ID, p.Arx.ID = r.ApplicationID, r.ArxID // even if the parent was purged
		return p
	}
}
