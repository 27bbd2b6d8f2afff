// Package listing holds the page that lists things, whatever they are.
package listing

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// List is a page that lists things: its totals, filters, table and pages, and what stands in
// their place while the list is read, is empty or can't be had. The page that holds it sets the
// exported fields once, calls Mount and Visit in its OnMount and OnNav, and returns Page, with its
// dialogs, from its Render.
//
// What of the list is shown stands in the address. Choosing, sorting and turning pages make an
// entry of the history, and so does the first letter of a search; typing on in it does not.
type List[Item, Figures any] struct {
	Title   string // of the page, and of the table: "API keys"
	Lead    string
	Noun    string      // one of them: "API key"
	Plural  string      // "API keys"
	Create  ui.Link     // makes another one; none without a Href. It is off, and says why, where the list says so
	Gone    ui.Option   // the switch for what is gone too: its parameter and its label; none where empty
	Search  string      // what is searched for: "Search by name or id"; no search where empty
	Filters []Filter    // the page may change their options
	Sorts   []ui.Option // the first is the list's own; none where it can't be sorted
	Ranked  bool        // a search comes by relevance, unless another sort is chosen after it began
	Columns []ui.Column // of the table
	Empty   ui.Empty    // where there is nothing at all
	First   string      // the label of Create there: "Create the first key"
	AllGone string      // what to say where only what is gone is left
	Totals  func(f Figures) []ui.Total
	Whole   func(f Figures, gone bool) int // how many rows there are when nothing narrows them; nil where nobody counts
	Row     func(item Item, now time.Time) ui.Row
	Turns   func(item Item, now time.Time) time.Time // when a row is next another one by itself; nil where none ever is

	// Read reads the page of the list that the view asks for: its search and cursor are in the page
	// already.
	Read func(ctx context.Context, v View, page api.Page) (api.List[Item, Figures], error)

	lister
}

// Mount reads what the address asks for. The context is the page's.
func (l *List[Item, Figures]) Mount(ctx app.Context) {
	l.ctx = ctx
	l.Visit()
}

// Visit reads what the address asks for, unless it is being shown.
func (l *List[Item, Figures]) Visit() {
	l.set()
	l.visit()
}

// Reload reads the same part again, after a change.
func (l *List[Item, Figures]) Reload() { l.reload() }

// View returns which part of the list is shown.
func (l *List[Item, Figures]) View() View { return l.view }

// Items returns the rows that are shown.
func (l *List[Item, Figures]) Items() []Item {
	items, _ := l.reading.Value.items.([]Item)
	return items
}

// Page draws the page. What follows the list, such as dialogs, comes and goes in a place of its own.
func (l *List[Item, Figures]) Page(more ...app.UI) app.UI {
	l.set()
	return l.page(more)
}

// set tells the lister what the page has set. The lister is all that does not depend on what is
// listed: the program holds it once, and not once for each kind of list.
func (l *List[Item, Figures]) set() {
	l.words = listWords{
		title: l.Title, lead: l.Lead, noun: l.Noun, plural: l.Plural, create: l.Create, gone: l.Gone, search: l.Search, filters: l.Filters,
		sorts: l.Sorts, ranked: l.Ranked, columns: l.Columns, empty: l.Empty, first: l.First, allGone: l.AllGone, counts: l.Whole != nil,
	}
	if l.Totals != nil {
		var none Figures
		l.words.totals = l.Totals(none)
	}
	l.fetch = l.part
}

// part reads a part of the list.
func (l *List[Item, Figures]) part(ctx context.Context, v View, page api.Page) (part, error) {
	list, err := l.Read(ctx, v, page)
	if err != nil {
		return part{}, err
	}
	p := part{view: v, count: len(list.Items), next: list.NextCursor, scanned: list.Scanned, permits: list.Permits, items: list.Items}
	p.row = func(i int, now time.Time) ui.Row { return l.Row(list.Items[i], now) }
	if l.Turns != nil {
		p.turns = func(i int, now time.Time) time.Time { return l.Turns(list.Items[i], now) }
	}
	if l.Totals != nil {
		p.totals = l.Totals(list.Totals)
	}
	if l.Whole != nil {
		p.whole, p.wholeGone = l.Whole(list.Totals, false), l.Whole(list.Totals, true)
	}
	return p, nil
}
