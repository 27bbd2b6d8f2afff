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
// among those that are offered is none. A search for an access key is one for its id.
func ReadFilter(address *url.URL, gone string, statuses []Option) Filter {
	q := address.Query()
	search, _ := redact(q.Get("q"))
	f := Filter{Search: search, Status: q.Get("status"), All: q.Has(gone)}
	if !slices.ContainsFunc(statuses, func(o Option) bool { return o.Value == f.Status }) {
		f.Status = ""
	}
	return f
}

// VisitFilter returns the filter of the page's address, and takes an access key out of the address.
func VisitFilter(page app.Page, gone string, statuses []Option) Filter {
	f := ReadFilter(page.URL(), gone, statuses)
	if _, held := redact(page.URL().Query().Get("q")); held {
		f.Write(page, gone)
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
