package keystore

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// order is how rows are sorted.
type order struct {
	ix       index
	backward bool
}

func (o order) compare(a, b position) int {
	c := cmp.Or(strings.Compare(a.by, b.by), strings.Compare(a.id, b.id))
	if o.backward {
		return -c
	}
	return c
}

// source returns the first rows behind the position, at most n, in an order that it was made for. It is at its end
// where it returns fewer.
type source func(ctx context.Context, behind *position, n int) ([]keys.Row, error)

// class is the source of the rows of a class of the order's index.
func (s *Keys) class(tenant string, o order, class string) source {
	return s.part(tenant, o, class, o.ix.stretch(tenant, class, nil, false))
}

// part is the source of the rows of a class that lie in a range of it.
func (s *Keys) part(tenant string, o order, class string, in table.Range) source {
	return func(ctx context.Context, behind *position, n int) ([]keys.Row, error) {
		r := o.ix.stretch(tenant, class, behind, o.backward)
		r.From, r.To = max(r.From, in.From), min(r.To, in.To)
		items, err := s.db.Query(ctx, r, n)
		rows := make([]keys.Row, len(items))
		for i, item := range items {
			rows[i] = decodeRow(item)
		}
		return rows, err
	}
}

// these is the source of some rows.
func these(rows []keys.Row, o order) source {
	sorted := slices.SortedFunc(slices.Values(rows), func(a, b keys.Row) int { return o.compare(o.ix.position(a), o.ix.position(b)) })
	return func(_ context.Context, behind *position, n int) ([]keys.Row, error) {
		from := 0
		if behind != nil {
			from, _ = slices.BinarySearchFunc(sorted, *behind, func(r keys.Row, p position) int {
				return cmp.Or(o.compare(o.ix.position(r), p), -1)
			})
		}
		return sorted[from:min(from+n, len(sorted))], nil
	}
}

// walk goes through the rows of the sources in the order, from behind the position on, each once. It ends with the first
// error.
//
// It goes in rounds, and reads the sources of a round one after the other. A change can move a row from one source to
// another while the walk is under way: it is missed by none if sources come in the order in which rows move.
func (s *Keys) walk(ctx context.Context, o order, behind *position, first int, sources ...source) iter.Seq2[keys.Row, error] {
	return func(yield func(keys.Row, error) bool) {
		for n := first; len(sources) > 0; n = s.bounds.Chunk {
			var round []keys.Row
			var end *position // how far all sources were read
			for _, read := range sources {
				rows, err := read(ctx, behind, n)
				if err != nil {
					yield(keys.Row{}, err)
					return
				}
				round = append(round, rows...)
				if len(rows) == n {
					if last := o.ix.position(rows[n-1]); end == nil || o.compare(last, *end) < 0 {
						end = &last
					}
				}
			}
			// Of two rows of one key the later one was read later.
			slices.SortStableFunc(round, func(a, b keys.Row) int { return o.compare(o.ix.position(a), o.ix.position(b)) })
			for i, row := range round {
				if i+1 < len(round) && round[i+1].ID == row.ID {
					continue
				}
				if end != nil && o.compare(o.ix.position(row), *end) > 0 {
					break
				}
				if !yield(row, nil) {
					return
				}
			}
			if end == nil {
				return
			}
			behind = end
		}
	}
}
