package table

import (
	"context"
	"iter"

	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	// MaxRows is how many rows a list reads in search of what a filter lets through.
	MaxRows = 50_000

	chunkItems = 500 // read at once where a filter may leave most of them out
)

// errTooMany is the answer where a filter would have to read more than MaxRows.
var errTooMany = problem.Invalid(problem.Field{
	Field: "q", Code: "too_many", Detail: "search and filters go through at most 50,000 rows. Ask for the list without them.",
})

// Rows goes through the items of the range in its order. It reads them in chunks as it goes: the
// first of the size that is expected to do, those after it larger. More than MaxRows is
// problem.InvalidField.
func (t *Table) Rows(ctx context.Context, r Range, expected int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for read, chunk := 0, expected; ; chunk = chunkItems {
			items, err := t.Query(ctx, r, chunk)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if len(items) < chunk {
				return
			}
			if read += len(items); read >= MaxRows {
				yield(nil, errTooMany)
				return
			}
			end := items[len(items)-1].SortKey()
			if r.Backward {
				r.To = beforeKey(end)
			} else {
				r.From = end + " "
			}
		}
	}
}
