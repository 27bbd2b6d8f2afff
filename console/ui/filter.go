package ui

import (
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Filter is what a list is narrowed to. It stands in the page's address, so that a reload or a link
// shows the same. The zero value narrows nothing.
type Filter struct {
	Search string
	Status string
	All    bool // what is gone too: archived or deleted
}

// ReadFilter returns the filter of an address. Gone is the parameter of All; a status that is not
// among those that are offered is none.
func ReadFilter(address *url.URL, gone string, statuses []Option) Filter {
	q := address.Query()
	f := Filter{Search: q.Get("q"), Status: q.Get("status"), All: q.Has(gone)}
	if !slices.ContainsFunc(statuses, func(o Option) bool { return o.Value == f.Status }) {
		f.Status = ""
	}
	return f
}

// Write puts the filter into the page's address, in the place of the one before.
func (f Filter) Write(page app.Page, gone string) {
	address := *page.URL()
	address.RawQuery = f.query(gone).Encode()
	page.ReplaceURL(&address)
}

func (f Filter) query(gone string) url.Values {
	q := url.Values{}
	if f.Search != "" {
		q.Set("q", f.Search)
	}
	if f.Status != "" {
		q.Set("status", f.Status)
	}
	if f.All {
		q.Set(gone, "1")
	}
	return q
}

// Narrows reports whether rows may be missing that the list has.
func (f Filter) Narrows() bool { return f.Search != "" || f.Status != "" }
