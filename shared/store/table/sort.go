package table

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	created = "created_at" // the column whose order is the order of the ids

	// sortedChunk is the number of rows per query when all rows are read: about what one response holds.
	sortedChunk = 3000

	maxSorted = 50_000 // rows that are read and sorted in memory

	// maxSortedBytes bounds how much of a value is compared, so that sort keys and cursors stay short: a folded
	// name can have thousands of bytes, and a DynamoDB sort key at most 1,024.
	maxSortedBytes = 400

	// never sorts after every time.
	never = "~"
)

// SortedText returns the sort value of a string: the longest prefix with whole characters that fits in
// maxSortedBytes.
func SortedText(text string) string {
	if len(text) <= maxSortedBytes {
		return text
	}
	text = text[:maxSortedBytes]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

// SortedTime returns the sort value of a time. nil sorts last.
func SortedTime(at *time.Time) string {
	if at == nil {
		return never
	}
	return Millis(*at)
}

// SortedWord returns the sort value of a word, by its position in order.
func SortedWord[W ~string](word W, order ...W) string {
	return fmt.Sprintf("%02d", slices.Index(order, word))
}

// order is the sort order of a list.
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

// place is the position of a row: its sort value, then its id, which sorts by creation.
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

// sorted iterates over the rows in the given order, after the position: a row's id and sort value. Rows in
// order of creation are read on demand; any other order reads all of them first.
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
	Field: "sort", Code: "too_many", Detail: "lists of more than 50,000 rows can only be sorted by created_at.",
})
