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

// order is a sort order of rows.
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

// source returns the first n rows after the position, in an order fixed when the source is created. It
// returns fewer only at the end.
type source func(ctx context.Context, behind *position, n int) ([]keys.Row, error)

// class returns the source of the rows in a class of the order's index.
func (s *Keys) class(tenant string, o order, class string) source {
	return s.part(tenant, o, class, o.ix.stretch(tenant, class, nil, false))
}

// part returns the source of the rows in a range of a class.
func (s *Keys) part(tenant string, o order, class string, in table.Range) source {
	return func(ctx context.Context, behind *position, n int) ([]keys.Row, error) {
		r := o.ix.stretch(tenant, class, behind, o.backward)
		r.From, r.To = max(r.From, in.From), min(r.To, in.To)
		items, err := s.db.Query(ctx, r, n)
		return decodeRows(items), err
	}
}

// placed is a row with its position in an order: to compute a position by name costs more than to compare many.
type placed struct {
	keys.Row
	at position
}

func (o order) place(rows []keys.Row) []placed {
	all := make([]placed, len(rows))
	for i, r := range rows {
		all[i] = placed{r, o.ix.position(r)}
	}
	return all
}

func (o order) comparePlaced(a, b placed) int { return o.compare(a.at, b.at) }

// these returns the source of the given rows.
func these(rows []keys.Row, o order) source {
	sorted := o.place(rows)
	slices.SortFunc(sorted, o.comparePlaced)
	return func(_ context.Context, behind *position, n int) ([]keys.Row, error) {
		from := 0
		if behind != nil {
			from, _ = slices.BinarySearchFunc(sorted, *behind, func(r placed, p position) int { return cmp.Or(o.compare(r.at, p), -1) })
		}
		var first []keys.Row
		for _, r := range sorted[from:min(from+n, len(sorted))] {
			first = append(first, r.Row)
		}
		return first, nil
	}
}

// walk iterates over the rows of the sources in the order, after the position, each row once. It stops at
// the first error.
//
// It works in rounds, and reads the sources of a round one after the other. A concurrent change can move a
// row from one source to another. The row is not missed if the sources are in the order in which rows move.
func (s *Keys) walk(ctx context.Context, o order, behind *position, first int, sources ...source) iter.Seq2[keys.Row, error] {
	return func(yield func(keys.Row, error) bool) {
		for n := first; len(sources) > 0; n = s.bounds.Chunk {
			var round []placed
			var end *position // the position up to which all sources were read
			for _, read := range sources {
				rows, err := read(ctx, behind, n)
				if err != nil {
					yield(keys.Row{}, err)
					return
				}
				round = append(round, o.place(rows)...)
				if len(rows) == n {
					if last := round[len(round)-1].at; end == nil || o.compare(last, *end) < 0 {
						end = &last
					}
				}
			}
			// If a key has two rows, the latter was read later.
			slices.SortStableFunc(round, o.comparePlaced)
			for i, row := range round {
				if i+1 < len(round) && round[i+1].ID == row.ID {
					continue
				}
				if end != nil && o.compare(row.at, *end) > 0 {
					break
				}
				if !yield(row.Row, nil) {
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
