package table

import "iter"

// Collected is a filtered page of rows.
type Collected[Row any] struct {
	Rows    []Row
	More    bool // there may be more rows after Last
	Last    Row  // the last row scanned
	Scanned int  // rows scanned, if the page ended at the scan bound; 0 if it is full or the last page
}

// Collect returns the first limit rows that wanted accepts, and scans at most bound rows. It stops at the
// first error.
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
