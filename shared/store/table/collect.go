package table

import "iter"

// Collected is a page of rows that a filter let through.
type Collected[Row any] struct {
	Rows    []Row
	More    bool // there may be more, behind Last
	Last    Row  // the last row that was looked at
	Scanned int  // how many rows were looked at, where the page ended for that; 0 where it is full or the last
}

// Collect takes the first rows that are wanted, at most limit, and looks at no more than bound. It ends with the first
// error.
func Collect[Row any](rows iter.Seq2[Row, error], wanted func(Row) bool, limit, bound int) (Collected[Row], error) {
	var c Collected[Row]
	looked := 0
	for row, err := range rows {
		if err != nil {
			return Collected[Row]{}, err
		}
		switch {
		case len(c.Rows) == limit && wanted(row):
			c.More = true
			return c, nil
		case looked == bound:
			c.More = true
			if len(c.Rows) < limit {
				c.Scanned = looked
			}
			return c, nil
		}
		if looked++; wanted(row) {
			c.Rows = append(c.Rows, row)
		}
		c.Last = row
	}
	return c, nil
}
