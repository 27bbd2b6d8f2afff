package table

import (
	"context"
	"iter"
)

const chunkItems = 500 // read per query when a filter may drop most of them

// All iterates over all items of the range in its order. It reads them in chunks on demand. It stops at the
// first error.
func (t *Table) All(ctx context.Context, r Range) iter.Seq2[Item, error] {
	return t.Rows(ctx, r, chunkItems)
}

// Rows is All with a first chunk of the expected size; later ones are larger.
func (t *Table) Rows(ctx context.Context, r Range, expected int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for chunk := expected; ; chunk = chunkItems {
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
