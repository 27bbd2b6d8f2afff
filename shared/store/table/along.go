package table

import "context"

// Along is what a request will need besides: where something has to be read before it, it is read in the same call.
type Along interface {
	// Keys returns where it lies; nothing where the request needs none.
	Keys() []Key
	// Take takes what is there of it.
	Take(items []Item)
}

// WithAlong returns a context with which [Table.GetAlong] reads along what the request needs.
func WithAlong(ctx context.Context, along Along) context.Context {
	return context.WithValue(ctx, alongKey{}, along)
}

// AlongOf returns what the context was given to be read along; nil where it was given nothing.
func AlongOf(ctx context.Context) Along {
	along, _ := ctx.Value(alongKey{}).(Along)
	return along
}

type alongKey struct{}

// GetAlong is Get, and reads in the same call what the context has along.
func (t *Table) GetAlong(ctx context.Context, at Key) (Item, error) {
	along := AlongOf(ctx)
	if along == nil {
		return t.Get(ctx, at)
	}
	more := along.Keys()
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
	along.Take(others)
	return item, nil
}
