package ui

// Cursors remembers how somebody came to the page of a list that they are on: a server tells only
// the way on. The zero value is the first page.
type Cursors struct {
	way []string // the cursors of the pages after the first
}

// Here returns the cursor of the page, empty for the first.
func (c *Cursors) Here() string {
	if c.First() {
		return ""
	}
	return c.way[len(c.way)-1]
}

// First reports whether it is the first page.
func (c *Cursors) First() bool { return len(c.way) == 0 }

// Before returns how many pages come before.
func (c *Cursors) Before() int { return len(c.way) }

// Next goes to the page that the cursor names.
func (c *Cursors) Next(cursor string) { c.way = append(c.way, cursor) }

// Previous goes to the page before. On the first page it stays.
func (c *Cursors) Previous() {
	if !c.First() {
		c.way = c.way[:len(c.way)-1]
	}
}

// Reset goes to the first page.
func (c *Cursors) Reset() { c.way = nil }
