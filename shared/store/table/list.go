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

	// Rows goes through the rows, by their ids, from behind the position on, which is
	// empty at the beginning. So many are expected to do.
	Rows   func(position string, backward bool, expected int) iter.Seq2[Row, error]
	Wanted func(Row) bool // nil: all
	ID     func(Row) string
	By     func(row Row, column string) string // the text by which a column sorts; nil where only created_at does
}

// ListPage is a page of a list.
type ListPage[Row any] struct {
	Rows    []Row
	Next    *string // the cursor of the next page, nil on the last
	Scanned int     // how many rows were looked at, where the page ended for that before it was full
}

// MaxScanned is how many rows a page looks at in search of those that are wanted.
const MaxScanned = 1000

// Read returns the page. A cursor of another list or sort is problem.InvalidField.
func (l List[Row]) Read() (ListPage[Row], error) {
	o := orderOf(l.Sort)
	words := append(l.Words[:len(l.Words):len(l.Words)], o.String())
	position, by, err := SortedPosition(l.Page.Cursor, l.Prefix, words...)
	if err != nil {
		return ListPage[Row]{}, err
	}
	wanted := l.Wanted
	if wanted == nil {
		wanted = func(Row) bool { return true }
	}
	c, err := Collect(l.sorted(o, position, by), wanted, l.Page.Items(), MaxScanned)
	if err != nil {
		return ListPage[Row]{}, fmt.Errorf("%s: %w", l.Words[0], err)
	}
	page := ListPage[Row]{Rows: c.Rows, Scanned: c.Scanned}
	if c.More {
		last := l.place(o, c.Last)
		next := Cursor(last.id+last.by, words...)
		page.Next = &next
	}
	return page, nil
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

// Decoded goes through the items as what read makes of them. It ends with the first error.
func Decoded[Row any](items iter.Seq2[Item, error], read func(Item) (Row, error)) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for item, err := range items {
			var row Row
			if err == nil {
				row, err = read(item)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
