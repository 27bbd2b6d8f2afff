package table

import "context"

// Prefetch names items to read in the same call as another item, and takes what was found of them.
type Prefetch interface {
	// Keys returns where the items lie; none where nothing is needed.
	Keys() []Key
	// Take takes those of the items that are there, in no order.
	Take(items []Item)
}

// GetWith is [Table.Get], and reads the prefetch in the same call. The prefetch takes nothing where the
// call fails, or where it names no keys.
func (t *Table) GetWith(ctx context.Context, at Key, prefetch Prefetch) (Item, error) {
	more := prefetch.Keys()
	if len(more) == 0 {
		return t.Get(ctx, at)
	}
	items, err := t.GetAll(ctx, append([]Key{at}, more...))
	if err != nil {
		return nil, err
	}
	var item Item
	others := make([]Item, 0, len(items))
	for _, found := range items {
		if found.Key() == at {
			item = found
		} else {
			others = append(others, found)
		}
	}
	prefetch.Take(others)
	return item, nil
}
