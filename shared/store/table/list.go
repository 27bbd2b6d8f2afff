package table

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
)

// List is a list of a partition whose sort keys are ids: the newest first, in pages.
type List struct {
	Of     Key      // the partition
	Prefix string   // of the ids
	Page   api.Page // that is asked for
	Words  []string // all that decides what is in the list, for its cursors; the first names it
}

// Page returns a page of the list, of the rows that read wants, and the cursor of the next page, nil
// on the last. A cursor of another list is problem.InvalidField.
func Page[Row any](ctx context.Context, t *Table, l List, read func(Item) (row Row, wanted bool)) ([]Row, *string, error) {
	r := Partition(l.Of)
	r.Backward = true
	switch position, err := Position(l.Page.Cursor, l.Prefix, l.Words...); {
	case err != nil:
		return nil, nil, err
	case position != "":
		r = r.Before(position)
	}
	var page []Row
	last := ""
	for item, err := range t.Rows(ctx, r, l.Page.Items()+1) {
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", l.Words[0], err)
		}
		row, wanted := read(item)
		if !wanted {
			continue
		}
		if len(page) == l.Page.Items() {
			next := Cursor(last, l.Words...)
			return page, &next, nil
		}
		page, last = append(page, row), item.SortKey()
	}
	return page, nil, nil
}
