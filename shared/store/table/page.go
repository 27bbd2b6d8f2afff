package table

import (
	"context"
	"iter"
)

const chunkItems = 500 // read at once where a filter may leave most of them out

// Rows goes through the items of the range in its order. It reads them in chunks as it goes: the
// first of the size that is expected to do, those after it larger.
func (t *Table) Rows(ctx context.Context, r Range, expected int) iter.Seq2[Item, error] {
	return t.chunks(ctx, r, expected)
}

// All goes through the items of the range in its order, however many they are. It reads them in
// chunks as it goes.
func (t *Table) All(ctx context.Context, r Range) iter.Seq2[Item, error] {
	return t.chunks(ctx, r, chunkItems)
}

// chunks reads the range in chunks, the first of another size than the rest. It ends with the first
// error.
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
