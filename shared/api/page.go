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

// Page contains the parameters of every list.
type Page struct {
	Limit  int    `query:"limit"`  // Items per page, 1 to 100. The default is 25.
	Cursor string `query:"cursor"` // The previous page's next_cursor. Omit it for the first page.
	Query  string `query:"q"`      // Searches names and ids. Case, width and extra white space are ignored.
}

func (p Page) check(c *check) {
	if p.Limit < 0 || p.Limit > MaxPageItems {
		c.add("limit", "out_of_range", "must be from 1 to %d.", MaxPageItems)
	}
	if p.Cursor != "" && !madeOf(p.Cursor, cursorCharacters, maxCursorChars) {
		c.add("cursor", "invalid", "not a cursor of this list. Start again without it.")
	}
	c.atMost("q", p.Query, maxQueryRunes)
}

// Items returns the most items that the page may contain: the limit, or its default.
func (p Page) Items() int {
	if p.Limit == 0 {
		return DefaultPageItems
	}
	return p.Limit
}

// List is a page of a list.
type List[Item, Totals any] struct {
	Items      []Item  `json:"items"`
	NextCursor *string `json:"next_cursor"` // Null on the last page.
	Totals     Totals  `json:"totals"`
	// Number of records scanned, if the page ended before it was full. Continue with next_cursor.
	Scanned int `json:"scanned,omitzero"`
	Permits
}

// Permits tells what the caller may do with the shown resources and, if not, why.
type Permits struct {
	Can map[string]bool   `json:"can"`
	Why map[string]string `json:"why"`
}

// May reports whether the caller may perform the action. An action that is not listed is not allowed.
func (p Permits) May(action string) bool { return p.Can[action] }

// WhyNot returns why the caller may not perform the action, or "" if it is allowed.
func (p Permits) WhyNot(action string) string {
	if p.May(action) {
		return ""
	}
	return cmp.Or(p.Why[action], "Not possible now.")
}

// By identifies who performed an action.
type By struct {
	Kind string `json:"kind"` // Either person or management_key.
	ID   string `json:"id"`   // Subject of a person, or id of a management key.
	Name string `json:"name"`
}

// Kinds of principals.
const (
	Person        = "person"
	ManagementKey = "management_key"
)
