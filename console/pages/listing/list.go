// Package listing holds the page that lists things of any kind.
package listing

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// List is a page with a list: totals, filters, table and pager, and what is shown while the list is
// loading, is empty or can't be loaded. The page that contains it sets the exported fields once, calls
// Mount and Visit in its OnMount and OnNav, and returns Page, with its dialogs, from its Render.
//
// The address holds which part of the list is shown. Filtering, sorting and turning pages add an entry to
// the history; so does the start of a search, but not refining it.
type List[Item, Figures any] struct {
	Title   string // of the page and the table, such as "API keys"
	Lead    string
	Noun    string          // such as "API key"
	Plural  string          // such as "API keys"
	Carries []string        // filters that Create passes on in its address
	Create  ui.Link         // to the page that creates one; no button if its Href is empty. The answer's permits can disable it
	Refused string          // why the person creates none, if that is known before the answer; may be empty
	Gone    ui.Option       // switch that also shows archived or deleted ones: its parameter and label; may be empty
	Search  string          // placeholder, such as "Search by name or id"; no search if empty
	Filters []Filter        // the page may change their options
	Tools   func() []app.UI // drawn after the filters; may be nil
	Quick   []ui.Chip       // values of the filter by status that can be chosen with one press
	Sorts   []ui.Option     // the first is the default; empty if the list can't be sorted
	Ranked  bool            // searches are sorted by relevance, unless another sort is chosen during the search
	Columns []ui.Column     // of the table
	Picks   bool            // rows have boxes that select them, which a button shows on phones
	Empty   ui.Empty        // shown if there is nothing at all
	First   string          // label of Create in Empty, such as "Create the first key"
	AllGone string          // text if everything is archived or deleted
	Totals  func(f Figures) []ui.Total
	Whole   func(f Figures, gone bool) int // number of rows without search and filters; nil if unknown
	Row     func(item Item, now time.Time) ui.Row

	// How rows change by the passing of time; both may be nil.
	At    func(item Item, now time.Time) Item
	Turns func(item Item, now time.Time) time.Time // when At next returns something else

	// For Changed; all but Beside are nil if rows never change on this page.
	ID     func(item Item) string
	Count  func(f *Figures, item Item, by int) // adds to the totals in which the row counts
	Fits   func(item Item, v View) bool        // whether the changed row is still part of the view
	Beside func(other, changed Item) Item      // another row after the change; may be nil

	// Read reads a page of the list. The page has the search and the cursor of the view.
	Read func(ctx context.Context, v View, page api.Page) (api.List[Item, Figures], error)

	lister
}

// Mount reads what the address asks for. The context is the page's.
func (l *List[Item, Figures]) Mount(ctx app.Context) {
	l.ctx = ctx
	l.Visit()
}

// Visit reads what the address asks for, unless it is shown already.
func (l *List[Item, Figures]) Visit() {
	l.set()
	l.visit()
}

// Reload reads the same page again, after a change.
func (l *List[Item, Figures]) Reload() { l.reload() }

// Changed shows the answer to a change before the list is read again: the row, or that it is gone, the totals
// and the pager. Then it reloads the list. If the row is gone, the name of the next one gets the focus.
func (l *List[Item, Figures]) Changed(is Item) {
	if gone := l.Show(is); gone >= 0 {
		l.focusRow(gone)
	}
	l.reload()
}

// Show is Changed without the reload and the focus. It returns the number of the row that is gone, from 0, or -1.
func (l *List[Item, Figures]) Show(is Item) (gone int) {
	gone = -1
	list, ok := l.reading.Value.list.(api.List[Item, Figures])
	if !ok {
		return gone
	}
	var items []Item
	found := false
	for _, item := range list.Items {
		switch {
		case l.ID(item) != l.ID(is):
			if l.Beside != nil {
				item = l.Beside(item, is)
			}
			items = append(items, item)
			continue
		case l.Fits(is, l.reading.Value.view):
			items = append(items, is)
		default:
			gone = len(items)
		}
		found = true
		l.Count(&list.Totals, item, -1)
		l.Count(&list.Totals, is, +1)
	}
	if found { // otherwise another page is shown already, which may or may not contain the change
		list.Items = items
		l.reading.Value = l.partOf(l.reading.Value.view, list)
	}
	return gone
}

// Focus moves the focus to the list after the next draw.
func (l *List[Item, Figures]) Focus() { ui.Focus(l.ctx, listCard) }

// View returns which part of the list is shown.
func (l *List[Item, Figures]) View() View { return l.view }

// Items returns the rows that are shown.
func (l *List[Item, Figures]) Items() []Item {
	list, _ := l.reading.Value.list.(api.List[Item, Figures])
	return list.Items
}

// Page draws the page, followed by more, such as dialogs, in a [ui.Slot].
func (l *List[Item, Figures]) Page(more ...app.UI) app.UI {
	l.set()
	return l.page(more)
}

// set passes the exported fields to the lister. The lister holds all code that does not depend on the
// type parameters, so that the program contains it once and not once per instantiation.
func (l *List[Item, Figures]) set() {
	l.words = listWords{
		title: l.Title, lead: l.Lead, carries: l.Carries, noun: l.Noun, plural: l.Plural, create: l.Create, refused: l.Refused, gone: l.Gone, search: l.Search, filters: l.Filters, quick: l.Quick, tools: l.Tools,
		sorts: l.Sorts, ranked: l.Ranked, columns: l.Columns, picks: l.Picks, empty: l.Empty, first: l.First, allGone: l.AllGone, counts: l.Whole != nil,
	}
	if l.Totals != nil {
		var none Figures
		l.words.totals = l.Totals(none)
	}
	l.fetch = l.part
}

// part reads a page of the list.
func (l *List[Item, Figures]) part(ctx context.Context, v View, page api.Page) (part, error) {
	list, err := l.Read(ctx, v, page)
	if err != nil {
		return part{}, err
	}
	return l.partOf(v, list), nil
}

func (l *List[Item, Figures]) partOf(v View, list api.List[Item, Figures]) part {
	at := func(i int, now time.Time) Item {
		if l.At == nil {
			return list.Items[i]
		}
		return l.At(list.Items[i], now)
	}
	p := part{view: v, count: len(list.Items), next: list.NextCursor, scanned: list.Scanned, permits: list.Permits, list: list}
	p.row = func(i int, now time.Time) ui.Row { return l.Row(at(i, now), now) }
	if l.Turns != nil {
		p.turns = func(i int, now time.Time) time.Time { return l.Turns(list.Items[i], now) }
	}
	if l.Totals != nil {
		p.totals = func(now time.Time) []ui.Total {
			figures := list.Totals
			for i, item := range list.Items {
				if l.At != nil {
					l.Count(&figures, item, -1)
					l.Count(&figures, at(i, now), +1)
				}
			}
			return l.Totals(figures)
		}
	}
	if l.Whole != nil {
		p.whole, p.wholeGone = l.Whole(list.Totals, false), l.Whole(list.Totals, true)
	}
	return p
}
