package table

import (
	"fmt"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
)

// List is a paginated list of rows. Each row has a unique id, and ids sort by creation time.
type List[Row any] struct {
	Prefix string   // of the ids
	Page   api.Page // the requested page
	Sort   string   // a column, with a leading minus for descending order; empty: newest first
	Words  []string // everything else that determines the list's content, for its cursors; the first is its name

	// Rows iterates over the rows, ordered by id, after position, or from the start if position is empty.
	// The caller expects to read about expected rows.
	Rows   func(position string, backward bool, expected int) iter.Seq2[Row, error]
	Wanted func(Row) bool // nil accepts all
	ID     func(Row) string
	By     func(row Row, column string) string // the row's sort value in a column; nil if the only column is created_at
}

// ListPage is a page of a list.
type ListPage[Row any] struct {
	Rows    []Row
	Next    *string // cursor of the next page, nil on the last
	Scanned int     // rows scanned, if the page ended at MaxScanned before it was full
}

// MaxScanned bounds the rows that a page scans to find those that match.
const MaxScanned = 1000

// Read returns the page. It returns problem.InvalidField for a cursor of another list or sort order.
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

// Behind returns the part of the range after the position, in the direction. An empty position is the
// start.
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

// Decoded iterates over the decoded items. It stops at the first error.
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
