package api

import "cmp"

// Page limits.
const (
	DefaultPageItems = 25
	MaxPageItems     = 100
	maxCursorChars   = 1024
	maxQueryRunes    = 150
)

const cursorCharacters = lowerAndDigits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-"

// Page is what every list takes.
type Page struct {
	Limit  int    `query:"limit"`  // 1 to 100; 25 where left out
	Cursor string `query:"cursor"` // next_cursor of the page before; left out for the first page
	Query  string `query:"q"`      // finds by name and id; matched as names are compared
}

func (p Page) check(c *check) {
	if p.Limit < 0 || p.Limit > MaxPageItems {
		c.add("limit", "out_of_range", "from 1 to %d.", MaxPageItems)
	}
	if p.Cursor != "" && !madeOf(p.Cursor, cursorCharacters, maxCursorChars) {
		c.add("cursor", "invalid", "not a cursor of this list. Start again without it.")
	}
	c.atMost("q", p.Query, maxQueryRunes)
}

// Items returns how many items the page may hold: the limit, or its default.
func (p Page) Items() int {
	if p.Limit == 0 {
		return DefaultPageItems
	}
	return p.Limit
}

// List is a page of a list.
type List[Item, Totals any] struct {
	Items      []Item  `json:"items"`
	NextCursor *string `json:"next_cursor"` // null on the last page
	Totals     Totals  `json:"totals"`
	Scanned    int     `json:"scanned,omitempty"` // how many records were looked at, where the page ended for that before it was full; next_cursor goes on behind them
	Permits
}

// Permits says what the caller may do with what the answer shows and, where not, why.
type Permits struct {
	Can map[string]bool   `json:"can"`
	Why map[string]string `json:"why"`
}

// May reports whether the caller may do the action. An action that is not listed may not be done.
func (p Permits) May(action string) bool { return p.Can[action] }

// WhyNot returns why the caller may not do the action, and an empty text where they may.
func (p Permits) WhyNot(action string) string {
	if p.May(action) {
		return ""
	}
	return cmp.Or(p.Why[action], "Not possible now.")
}

// By is who did something.
type By struct {
	Kind string `json:"kind"` // person or management_key
	ID   string `json:"id"`   // the subject, or the management key's id
	Name string `json:"name"`
}

// The kinds of principals.
const (
	Person        = "person"
	ManagementKey = "management_key"
)
