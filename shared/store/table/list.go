package table

import (
	"fmt"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
)

// List is a list of rows, in pages. Each row has an id of its own, and ids sort by when they were
// made.
type List[Row any] struct {
	Prefix string   // of the ids
	Page   api.Page // that is asked for
	Sort   string   // a column, behind a minus to sort backwards; empty: the newest first
	Words  []string // what else decides what is in the list, for its cursors; the first names it

	// Rows goes through the rows that are wanted, by their ids, from behind the position on, which is
	// empty at the beginning. So many are expected to do.
	Rows func(position string, backward bool, expected int) iter.Seq2[Row, error]
	ID   func(Row) string
	By   func(row Row, column string) string // the text by which a column sorts; nil where only created_at does
}

// Read returns the page, and the cursor of the next one, nil on the last. A cursor of another list or
// sort is problem.InvalidField.
func (l List[Row]) Read() ([]Row, *string, error) {
	o := orderOf(l.Sort)
	words := append(l.Words[:len(l.Words):len(l.Words)], o.String())
	position, by, err := SortedPosition(l.Page.Cursor, l.Prefix, words...)
	if err != nil {
		return nil, nil, err
	}
	var page []Row
	for row, err := range l.sorted(o, position, by) {
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", l.Words[0], err)
		}
		if len(page) == l.Page.Items() {
			last := l.place(o, page[len(page)-1])
			next := Cursor(last.id+last.by, words...)
			return page, &next, nil
		}
		page = append(page, row)
	}
	return page, nil, nil
}

// Behind returns the part of a range that lies behind the position, which is empty at the beginning,
// in the direction.
func (r Range) Behind(position string, backward bool) Range {
	r.Backward = backward
	switch {
	case position == "":
		return r
	case backward:
		return r.Before(position)
	}
	return r.After(position)
}

// Decoded goes through the items as what read makes of them, and leaves out what is not wanted. It
// ends with the first error.
func Decoded[Row any](items iter.Seq2[Item, error], read func(Item) (row Row, wanted bool)) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for item, err := range items {
			var row Row
			wanted := true
			if err == nil {
				row, wanted = read(item)
			}
			if wanted && !yield(row, err) || err != nil {
				return
			}
		}
	}
}
