package table

import "context"

// Prefetch names items to read in the same call as another item, and receives those that exist.
type Prefetch interface {
	// Keys returns the keys of the items, none if nothing is needed.
	Keys() []Key
	// Take receives the items that exist, in any order.
	Take(items []Item)
}

// GetWith is [Table.Get] that reads the prefetch in the same call. It does not call Take if the read fails
// or Keys returns none.
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
