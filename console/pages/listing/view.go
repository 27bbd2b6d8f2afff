package listing

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// View is which part of a list is shown. It stands in the page's address, so that a link, a reload
// and the back button bring it back. The zero value is the first page of all rows but those that
// are gone, sorted as the list is by itself.
type View struct {
	Search string
	Sort   string            // one of the list's sorts; empty for its own
	Gone   bool              // what is gone too: archived or deleted
	Chosen map[string]string // by the parameter of a filter, only where something is chosen
	Page   int               // how many pages come before
	Cursor string            // of the page; empty for the first
}

// The parameters of an address that every list has.
const (
	searchParam = "q"
	sortParam   = "sort"
	pageParam   = "page" // counts from 1
	cursorParam = "cursor"
)

// Filter is a select that narrows a list.
type Filter struct {
	Param   string // of the address, and the select's id: "status"
	Label   string // "Status"
	Any     string // while nothing is chosen: "Any status"
	Options []ui.Option
	Valid   func(value string) bool // what may be asked for besides the options: those may come late, or not be all
}

func (f Filter) allows(value string) bool {
	return f.Valid != nil && f.Valid(value) || slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Value == value })
}

// name returns the word for what is chosen.
func (f Filter) name(value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// addressing is how the views of a list stand in an address.
type addressing struct {
	gone    string // the parameter of what is gone; empty where the list has none
	filters []Filter
	sorts   []ui.Option
	ranked  bool // a search comes by relevance: the list's own sort is a choice like the others
}

// read returns the view that an address asks for. What is not offered is not asked for, and a search
// for an access key is one for its id; held reports that.
func (a addressing) read(address *url.URL) (v View, held bool) {
	q := address.Query()
	v.Search, held = redact(q.Get(searchParam))
	sorts := a.sorts
	if len(sorts) > 0 && !(a.ranked && v.Search != "") {
		sorts = sorts[1:]
	}
	if s := q.Get(sortParam); slices.ContainsFunc(sorts, func(o ui.Option) bool { return o.Value == s }) {
		v.Sort = s
	}
	v.Gone = a.gone != "" && q.Has(a.gone)
	for _, f := range a.filters {
		if value := q.Get(f.Param); value != "" && f.allows(value) {
			v = v.choose(f.Param, value)
		}
	}
	if page, err := strconv.Atoi(q.Get(pageParam)); err == nil && page > 1 && q.Has(cursorParam) {
		v.Page, v.Cursor = page-1, q.Get(cursorParam)
	}
	return v, held
}

// query returns the view as an address has it.
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

// at returns the page's address with the view.
func (a addressing) at(page app.Page, v View) *url.URL {
	address := *page.URL()
	address.RawQuery = a.query(v)
	return &address
}

// choose returns the view with the filter chosen; empty for any.
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

// first returns the view at its first page.
func (v View) first() View {
	v.Page, v.Cursor = 0, ""
	return v
}

// equal reports whether both show the same.
func (v View) equal(w View) bool {
	return v.Search == w.Search && v.Sort == w.Sort && v.Gone == w.Gone && v.Page == w.Page && v.Cursor == w.Cursor &&
		maps.Equal(v.Chosen, w.Chosen)
}

// Include returns the word where what is gone is shown too, and nothing where it is not.
func (v View) Include(gone string) string {
	if v.Gone {
		return gone
	}
	return ""
}

// Narrows reports whether rows may be missing that the list has.
func (v View) Narrows() bool { return v.Search != "" || len(v.Chosen) > 0 }
