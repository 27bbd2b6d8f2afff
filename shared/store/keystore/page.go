package keystore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/parentstore"
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
	details, totals, err := s.details(ctx, l, found.rows)
	if err != nil {
		return Page{}, fmt.Errorf("list keys: %w", err)
	}
	p := Page{Rows: found.rows, Details: details, Next: found.next, Scanned: found.scanned, Totals: totals.Keys()}
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
	if req.Status == api.StoppedKeys || req.Status == api.WorkingKeys {
		if l.parents, err = parentstore.All(ctx, s.db, tenant); err != nil {
			return list{}, err
		}
		l.stopped = map[string]bool{}
		inactive, disabled := l.parents.Inactive()
		for _, a := range inactive {
			l.stopped[a.ID] = true
		}
		for _, a := range disabled {
			l.stopped[a.ID] = true
		}
	}
	return l, nil
}

// details returns the current parents and the use of the rows' keys, in the order of the rows, and the
// totals of the list. It reads the totals again if a job moved keys since the list was read.
func (s *Keys) details(ctx context.Context, l list, rows []keys.Row) ([]keys.Details, countstore.Reading, error) {
	var parents parentstore.Parents
	var sweeps []table.Item
	var used map[string]usage.Summary
	group, both := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		parents, sweeps, err = l.parentsOf(both, rows)
		return err
	})
	group.Go(func() (err error) {
		read := usestore.New(s.db).PageSummaries
		if !l.dense() {
			read = usestore.New(s.db).Summaries
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		used, err = read(both, l.tenant, s.clock(), ids...)
		return err
	})
	err := group.Wait()
	totals := l.totals
	if err == nil && !totals.Stands(sweeps) {
		totals, err = s.counts.Steady(ctx, l.tenant, l.now)
	}
	if err != nil {
		return nil, totals, fmt.Errorf("read the details of keys: %w", err)
	}
	details := make([]keys.Details, len(rows))
	for i, r := range rows {
		details[i] = keys.Details{Parents: parents.Of(r), Used: used[r.ID]}
	}
	return details, totals, nil
}

// dense reports whether the list contains most keys, so that few others are between its first and its last.
func (l list) dense() bool {
	if l.req.Status == api.ActiveKeys || l.req.Status == api.WorkingKeys {
		n := l.totals.Keys()
		return l.req.ApplicationID == "" && l.req.ArxID == "" && l.req.Query == "" && 4*n.Active >= 3*n.Total
	}
	return !l.filters() && l.req.Query == ""
}

// fewParents are read one by one, because a query of all may cost more.
const fewParents = 4

// parentsOf returns the parents of the rows' keys, and the items of countstore.SweepsOf. It makes one call,
// or two in a tenant with more than bounds.Parents applications and Arxes.
func (l list) parentsOf(ctx context.Context, rows []keys.Row) (parentstore.Parents, []table.Item, error) {
	missing := map[table.Key]bool{}
	for _, r := range rows {
		for _, id := range []string{r.ApplicationID, r.ArxID} {
			if !l.parents.Has(id) { // such as one created since l.parents was read
				missing[table.Parent(l.tenant, id)] = true
			}
		}
	}
	var items []table.Item
	if len(missing) <= fewParents {
		for _, at := range countstore.SweepsOf(l.tenant) {
			missing[at] = true
		}
	} else {
		var err error
		if items, err = l.db.Query(ctx, table.SweepsAndParents(l.tenant), l.bounds.Parents); err != nil {
			return parentstore.Parents{}, nil, err
		}
		for _, item := range items {
			delete(missing, item.Key())
		}
		if len(items) < l.bounds.Parents {
			clear(missing) // what is missing was purged
		}
	}
	others, err := l.db.GetAll(ctx, slices.Collect(maps.Keys(missing)))
	items = append(items, others...)
	return l.parents.With(items), items, err
}
