package table

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	created = "created_at" // the column that ids sort by

	// sortedChunk is how many rows are read at once where all are: what DynamoDB answers at once.
	sortedChunk = 3000

	maxSorted = 50_000 // rows, all of which are read

	// maxSortedBytes is how much of a text counts, so that a cursor that holds it stays short.
	maxSortedBytes = 400

	// never sorts after every time.
	never = "~"
)

// SortedText is the text by which a text sorts: its beginning.
func SortedText(text string) string { return text[:min(len(text), maxSortedBytes)] }

// SortedTime is the text by which a time sorts: nil after all others.
func SortedTime(at *time.Time) string {
	if at == nil {
		return never
	}
	return fmt.Sprintf("%015d", at.UnixMilli())
}

// SortedWord is the text by which a word sorts, in the order of the words.
func SortedWord[W ~string](word W, order ...W) string {
	return fmt.Sprintf("%02d", slices.Index(order, word))
}

// order is how a list is sorted.
type order struct {
	column   string
	backward bool
}

func orderOf(sort string) order {
	column, backward := strings.CutPrefix(cmp.Or(sort, "-"+created), "-")
	return order{column, backward}
}

func (o order) String() string {
	if o.backward {
		return "-" + o.column
	}
	return o.column
}

// place is where a row stands: by what it is sorted, and what is equal by that as it was created.
type place struct{ by, id string }

func (o order) compare(a, b place) int {
	c := cmp.Or(strings.Compare(a.by, b.by), strings.Compare(a.id, b.id))
	if o.backward {
		return -c
	}
	return c
}

func (l List[Row]) place(o order, row Row) place {
	if o.column == created {
		return place{id: l.ID(row)}
	}
	return place{l.By(row, o.column), l.ID(row)}
}

// sorted goes through the rows in the order, from behind the position on: a row's id and what it was
// sorted by. The order in which rows lie is read as it goes; for any other all of them are read.
func (l List[Row]) sorted(o order, position, by string) iter.Seq2[Row, error] {
	if o.column == created {
		return l.Rows(position, o.backward, l.Page.Items()+1)
	}
	return func(yield func(Row, error) bool) {
		type placed struct {
			place
			row Row
		}
		var all []placed
		read := 0
		for row, err := range l.Rows("", true, sortedChunk) {
			if read++; read > maxSorted {
				err = errTooManyToSort
			}
			if err != nil {
				yield(row, err)
				return
			}
			if l.Wanted != nil && !l.Wanted(row) {
				continue
			}
			if p := l.place(o, row); position == "" || o.compare(place{by, position}, p) < 0 {
				all = append(all, placed{p, row})
			}
		}
		slices.SortFunc(all, func(a, b placed) int { return o.compare(a.place, b.place) })
		for _, p := range all {
			if !yield(p.row, nil) {
				return
			}
		}
	}
}

var errTooManyToSort = problem.Invalid(problem.Field{
	Field: "sort", Code: "too_many", Detail: "more than 50,000 rows are sorted by their creation only, newest or oldest first.",
})
