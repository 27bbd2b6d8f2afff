package keystore

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// order is how a list is sorted.
type order struct {
	api.KeySort
	column   api.KeySort // without the minus
	backward bool
}

func orderOf(sort api.KeySort) order {
	sort = cmp.Or(sort, api.NewestFirst)
	column, backward := strings.CutPrefix(string(sort), "-")
	return order{KeySort: sort, column: api.KeySort(column), backward: backward}
}

func (o order) String() string { return string(o.KeySort) }

// asCreated reports whether the order is that of the ids, in which the rows lie.
func (o order) asCreated() bool { return o.column == api.OldestFirst }

// maxSortedBytes is how much of a name counts, so that a cursor that holds it stays short.
const maxSortedBytes = 400

// never sorts after every time.
const never = "~"

// by returns the text by which a row is sorted; empty where that is its id.
func (o order) by(r keys.Row, status api.KeyStatus) string {
	switch o.column {
	case api.ByName:
		name := names.Fold(r.Name)
		return name[:min(len(name), maxSortedBytes)]
	case api.ByStatus:
		return fmt.Sprint(slices.Index([]api.KeyStatus{api.KeyActive, api.KeyDisabled, api.KeyExpired, api.KeyDeleted}, status))
	case api.ByExpiry:
		if r.ExpiresAt == nil {
			return never
		}
		return sortedTime(*r.ExpiresAt)
	case api.ByRotation:
		return sortedTime(r.RotateBy)
	}
	return ""
}

func sortedTime(at time.Time) string { return fmt.Sprintf("%015d", at.UnixMilli()) }

// placed is a row with what it is sorted by.
type placed struct {
	by  string
	row keys.Row
}

// compare orders by what the order says, and what is equal by that as it was created.
func (o order) compare(a, b placed) int {
	c := cmp.Or(strings.Compare(a.by, b.by), strings.Compare(a.row.ID, b.row.ID))
	if o.backward {
		return -c
	}
	return c
}

// sorted goes through the rows that the filter lets through, in the order, from behind the position
// on: a row's id and what it was sorted by. The order in which rows lie is read as it goes; for any
// other all of them are read.
func (s *Keys) sorted(ctx context.Context, tenant string, o order, f filter, position, by string) iter.Seq2[keys.Row, error] {
	if o.asCreated() {
		return filtered(s.rows(ctx, tenant, position, o.backward, f.wantsDeleted(), f.req.Items()+1), f)
	}
	return func(yield func(keys.Row, error) bool) {
		var all []placed
		start := placed{by, keys.Row{ID: position}}
		for row, err := range filtered(s.rows(ctx, tenant, "", true, f.wantsDeleted(), sortedChunk), f) {
			if problem.Is(err, problem.InvalidField) {
				err = errTooManyToSort
			}
			if err != nil {
				yield(row, err)
				return
			}
			if p := (placed{o.by(row, f.status(row)), row}); position == "" || o.compare(start, p) < 0 {
				all = append(all, p)
			}
		}
		slices.SortFunc(all, o.compare)
		for _, p := range all {
			if !yield(p.row, nil) {
				return
			}
		}
	}
}

// sortedChunk is how many rows are read at once where all are: what DynamoDB answers at once.
const sortedChunk = 3000

var errTooManyToSort = problem.Invalid(problem.Field{
	Field: "sort", Code: "too_many", Detail: "only -created_at and created_at sort more than 50,000 keys. Ask for one of them.",
})

func filtered(rows iter.Seq2[keys.Row, error], f filter) iter.Seq2[keys.Row, error] {
	return func(yield func(keys.Row, error) bool) {
		for row, err := range rows {
			if (err != nil || f.passes(row)) && !yield(row, err) {
				return
			}
		}
	}
}

// rows goes through the tenant's rows behind the position, as they were created: those of deleted
// keys lie apart, and are merged in where they are wanted.
func (s *Keys) rows(ctx context.Context, tenant, position string, backward, deleted bool, expected int) iter.Seq2[keys.Row, error] {
	stretch := func(of func(tenant, id string) table.Key) iter.Seq2[keys.Row, error] {
		r := table.Prefixed(of(tenant, api.KeyPrefix))
		r.Backward = backward
		switch {
		case position != "" && backward:
			r = r.Before(of(tenant, position).SK)
		case position != "":
			r = r.After(of(tenant, position).SK)
		}
		return decoded(s.db.Rows(ctx, r, expected))
	}
	if !deleted {
		return stretch(table.KeyRow)
	}
	return merged(stretch(table.KeyRow), stretch(table.DeletedKeyRow), backward)
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

// merged goes through both, as the keys were created. Ids sort by time. A row of live that is in
// deleted too was deleted between the two reads.
func merged(live, deleted iter.Seq2[keys.Row, error], backward bool) iter.Seq2[keys.Row, error] {
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
			if okA && (errA != nil || !okB || rowA.ID > rowB.ID == backward) {
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
