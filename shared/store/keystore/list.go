package keystore

import (
	"cmp"
	"context"
	"iter"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/parentstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// list is one read of a list of the tenant's keys.
type list struct {
	*Keys
	filter
	tenant  string
	totals  countstore.Reading
	parents parentstore.Parents // as of before the rows; read only if the request asks for stopped keys
}

// found contains the rows of a page.
type found struct {
	rows    []keys.Row
	next    *string // nil on the last page
	scanned int     // rows scanned, if the page ended at the bound before it was full
}

// read returns the rows of the requested page. It returns problem.InvalidField for a cursor of another
// tenant, filter or order.
func (l list) read(ctx context.Context) (found, error) {
	if l.req.Query != "" && l.req.Sort == "" {
		return l.searched(ctx)
	}
	sort := cmp.Or(l.req.Sort, api.NewestFirst)
	words := l.words(string(sort))
	id, by, err := table.SortedPosition(l.req.Cursor, api.KeyPrefix, words...)
	if err != nil {
		return found{}, err
	}
	var behind *position
	if id != "" {
		behind = &position{by, id}
	}
	column, backward := strings.CutPrefix(string(sort), "-")
	o := order{l.columns()[api.KeySort(column)], backward}
	rows, err := l.rows(ctx, o, behind)
	if err != nil {
		return found{}, err
	}
	c, err := table.Collect(rows, l.passes, l.req.Items(), l.bounds.Scanned)
	return ended(c, o.ix.position, words), err
}

// ended returns the page of the collected rows, whose positions at returns.
func ended(c table.Collected[keys.Row], at func(keys.Row) position, words []string) found {
	f := found{rows: c.Rows, scanned: c.Scanned}
	if c.More {
		p := at(c.Last)
		next := table.Cursor(p.id+p.by, words...)
		f.next = &next
	}
	return f
}

// words returns everything that determines the content of the list, for its cursors.
func (l list) words(sort string) []string {
	r := l.req
	return []string{api.ListKeys.Name, l.tenant, r.Query, r.ApplicationID, r.ArxID, string(r.Status), r.Include, sort}
}

// statuses are the statuses in sort order.
var statuses = []api.KeyStatus{api.KeyActive, api.KeyDisabled, api.KeyExpired, api.KeyDeleted}

// columns returns the sort orders. The one by status has no index of its own; see byStatuses.
func (l list) columns() map[api.KeySort]index {
	return map[api.KeySort]index{
		api.OldestFirst: byID, api.ByName: byName, api.ByExpiry: byExpiry, api.ByRotation: byRotation,
		api.ByStatus: {name: statusOrder, by: func(r keys.Row) string { return table.SortedWord(l.status(r), statuses...) }},
	}
}

const statusOrder = "status, then created"

// rows iterates in the given order over the rows after the position: all that match, and some that do not.
func (l list) rows(ctx context.Context, o order, behind *position) (iter.Seq2[keys.Row, error], error) {
	first := l.req.Items() + 1
	narrow := l.narrowest()
	if narrow.ix.name == o.ix.name {
		return l.walk(ctx, o, behind, first, narrow.sources(o.backward)...), nil
	}
	if l.filters() {
		few, err := l.few(ctx, narrow)
		if err != nil {
			return nil, err
		}
		if few != nil {
			return l.walk(ctx, o, behind, first, these(few, o)), nil
		}
	}
	if o.ix.name == statusOrder {
		return l.byStatuses(ctx, o, behind, first), nil
	}
	return l.walk(ctx, o, behind, first, l.everything(o)...), nil
}

// filters reports whether the request asks for some of the keys, whatever it searches.
func (l list) filters() bool {
	return l.req.ApplicationID != "" || l.req.ArxID != "" || l.req.Status != ""
}

// few returns the rows of the view, or nil if there are too many to sort in memory.
func (l list) few(ctx context.Context, v view) ([]keys.Row, error) {
	size, err := v.size(ctx)
	if err != nil || size > l.bounds.Sorted {
		return nil, err
	}
	few := []keys.Row{}
	for row, err := range l.walk(ctx, order{v.ix, false}, nil, l.bounds.Sorted+1, v.sources(false)...) {
		if err != nil {
			return nil, err
		}
		if few = append(few, row); len(few) > l.bounds.Sorted {
			return nil, nil
		}
	}
	return few, nil
}

// everything returns the sources of all rows in the order of an index.
func (l list) everything(o order) []source {
	if !l.wantsDeleted() {
		return []source{l.class(l.tenant, o, live)}
	}
	return []source{l.class(l.tenant, o, live), l.class(l.tenant, o, deleted)}
}

// byStatuses iterates over the rows of one status after the other.
func (l list) byStatuses(ctx context.Context, o order, behind *position, first int) iter.Seq2[keys.Row, error] {
	return func(yield func(keys.Row, error) bool) {
		for i := range statuses {
			if o.backward {
				i = len(statuses) - 1 - i
			}
			status := statuses[i]
			if status == api.KeyDeleted && !l.wantsDeleted() {
				continue
			}
			var within *position
			if behind != nil {
				switch c := o.compare(position{by: table.SortedWord(status, statuses...)}, position{by: behind.by}); {
				case c < 0:
					continue
				case c == 0:
					within = &position{id: behind.id}
				}
			}
			v := l.ofStatus(status)
			for row, err := range l.walk(ctx, order{v.ix, o.backward}, within, first, v.sources(o.backward)...) {
				if err == nil && l.status(row) != status {
					continue // it is listed with its current status
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}
