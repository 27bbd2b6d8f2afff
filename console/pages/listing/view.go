package listing

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// View is which part of a list is shown. The page's address holds it, so that links, reloads and the back
// button restore it. The zero value is the first page of all rows except archived or deleted ones, in the
// default sort.
type View struct {
	Search string
	Sort   string            // one of the list's sorts; empty means the default
	Gone   bool              // includes archived or deleted rows
	Chosen map[string]string // chosen values, by the parameter of the filter
	Page   int               // number of pages before this one
	Cursor string            // of the page; empty for the first
}

// Query parameters of every list.
const (
	searchParam = "q"
	sortParam   = "sort"
	pageParam   = "page" // counts from 1
	cursorParam = "cursor"
)

// Filter is a select that filters a list.
type Filter struct {
	Param   string // query parameter and id of the select, such as "status"
	Label   string // accessible name, such as "Status"
	Any     string // option for no filter, such as "Any status"
	Options []ui.Option
	Valid   func(value string) bool // allows further values, because options may load late or be incomplete; may be nil
}

func (f Filter) allows(value string) bool {
	return f.Valid != nil && f.Valid(value) || slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Value == value })
}

// name returns the label of the value, or the value itself.
func (f Filter) name(value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// addressing converts between the views of a list and addresses.
type addressing struct {
	gone    string // parameter that includes archived or deleted rows; empty if the list has none
	filters []Filter
	sorts   []ui.Option
	ranked  bool // searches are sorted by relevance, so that the first sort can be chosen too
}

// read returns the view of an address. It ignores values that the list does not offer. If the search
// contains an access key, held is true and the view searches for the key's id. Spaces around pasted values do not count.
func (a addressing) read(address *url.URL) (v View, held bool) {
	q := address.Query()
	v.Search, held = redact(strings.TrimSpace(q.Get(searchParam)))
	sorts := a.sorts
	if len(sorts) > 0 && !(a.ranked && v.Search != "") {
		sorts = sorts[1:]
	}
	if s := q.Get(sortParam); slices.ContainsFunc(sorts, func(o ui.Option) bool { return o.Value == s }) {
		v.Sort = s
	}
	v.Gone = a.gone != "" && q.Has(a.gone)
	for _, f := range a.filters {
		if value := strings.TrimSpace(q.Get(f.Param)); value != "" && f.allows(value) {
			v = v.choose(f.Param, value)
		}
	}
	if page, err := strconv.Atoi(q.Get(pageParam)); err == nil && page > 1 && q.Has(cursorParam) {
		v.Page, v.Cursor = page-1, q.Get(cursorParam)
	}
	return v, held
}

// query returns the query string of the view.
func (a addressing) query(v View) string {
	q := url.Values{}
	for param, value := range v.Chosen {
		q.Set(param, value)
	}
	if v.Search != "" {
		q.Set(searchParam, v.Search)
	}
	if v.Sort != "" {
		q.Set(sortParam, v.Sort)
	}
	if v.Gone {
		q.Set(a.gone, "1")
	}
	if v.Page > 0 {
		q.Set(pageParam, strconv.Itoa(v.Page+1))
		q.Set(cursorParam, v.Cursor)
	}
	return q.Encode()
}

// at returns the page's address for the view.
func (a addressing) at(page app.Page, v View) *url.URL {
	address := *page.URL()
	address.RawQuery = a.query(v)
	return &address
}

// choose returns the view with the filter set; an empty value removes the filter.
func (v View) choose(param, value string) View {
	v.Chosen = maps.Clone(v.Chosen)
	if v.Chosen == nil {
		v.Chosen = map[string]string{}
	}
	if v.Chosen[param] = value; value == "" {
		delete(v.Chosen, param)
	}
	return v
}

// First returns the first page of the view.
func (v View) First() View {
	v.Page, v.Cursor = 0, ""
	return v
}

// equal reports whether both views are the same.
func (v View) equal(w View) bool {
	return v.Search == w.Search && v.Sort == w.Sort && v.Gone == w.Gone && v.Page == w.Page && v.Cursor == w.Cursor &&
		maps.Equal(v.Chosen, w.Chosen)
}

// Include returns the word if archived or deleted rows are included, and "" otherwise.
func (v View) Include(gone string) string {
	if v.Gone {
		return gone
	}
	return ""
}

// Narrows reports whether the view searches or filters.
func (v View) Narrows() bool { return v.Search != "" || len(v.Chosen) > 0 }
