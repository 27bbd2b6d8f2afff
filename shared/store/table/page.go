package table

import (
	"context"
	"iter"
)

const chunkItems = 500 // read per query when a filter may drop most of them

// Rows iterates over the items of the range in its order. It reads them in chunks on demand: the first of
// the expected size, later ones larger.
func (t *Table) Rows(ctx context.Context, r Range, expected int) iter.Seq2[Item, error] {
	return t.chunks(ctx, r, expected)
}

// All iterates over all items of the range in its order. It reads them in chunks on demand.
func (t *Table) All(ctx context.Context, r Range) iter.Seq2[Item, error] {
	return t.chunks(ctx, r, chunkItems)
}

// chunks iterates over the range in chunks, the first of a given size. It stops at the first error.
func (t *Table) chunks(ctx context.Context, r Range, first int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for chunk := first; ; chunk = chunkItems {
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
			end := items[len(items)-1].SortKey()
			if r.Backward {
				r.To = beforeKey(end)
			} else {
				r.From = end + " "
			}
		}
	}
}
