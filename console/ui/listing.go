package ui

import (
	"context"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Listing is a page that lists things: its totals, filters, table and pages, and what stands in
// their place while the list is read, is empty or can't be had. The page that holds it sets the
// exported fields once, calls Mount and Visit in its OnMount and OnNav, and returns Page, with its
// dialogs, from its Render.
//
// What of the list is shown stands in the address. Choosing, sorting and turning pages make an
// entry of the history, and so does the first letter of a search; typing on in it does not.
type Listing[Item, Figures any] struct {
	Title   string // of the page, and of the table: "API keys"
	Lead    string
	Noun    string   // one of them: "API key"
	Plural  string   // "API keys"
	Create  Link     // makes another one; none without a Href. It is off, and says why, where the list says so
	Gone    Option   // the switch for what is gone too: its parameter and its label; none where empty
	Search  string   // what is searched for: "Search by name or id"; no search where empty
	Filters []Filter // the page may change their options
	Sorts   []Option // the first is the list's own; none where it can't be sorted
	Columns []Column // of the table
	Empty   Empty    // where there is nothing at all
	First   string   // the label of Create there: "Create the first key"
	AllGone string   // what to say where only what is gone is left
	Totals  func(f Figures) []Total
	Whole   func(f Figures, gone bool) int // how many rows there are when nothing narrows them; nil where nobody counts
	Row     func(item Item, now time.Time) Row

	// Read reads the page of the list that the view asks for: its search and cursor are in the page
	// already.
	Read func(ctx context.Context, v View, page api.Page) (api.List[Item, Figures], error)

	ctx     app.Context
	view    View
	trail   map[int]string // the cursors of pages that have been seen, in this view
	reading Reading[api.List[Item, Figures]]
	after   func() // once the read that is running has come
}

// Mount reads what the address asks for. The context is the page's.
func (l *Listing[Item, Figures]) Mount(ctx app.Context) {
	l.ctx = ctx
	l.Visit()
}

// Visit reads what the address asks for, unless it is being shown.
func (l *Listing[Item, Figures]) Visit() {
	asked, held := l.addressing().read(l.ctx.Page().URL())
	if held { // an access key stays in no address
		l.ctx.Page().ReplaceURL(l.addressing().at(l.ctx.Page(), asked))
	}
	if l.reading.Begun() && asked.equal(l.view) {
		return
	}
	if !asked.first().equal(l.view.first()) {
		l.trail = nil
	}
	l.show(asked, nil)
}

// Reload reads the same part again, after a change.
func (l *Listing[Item, Figures]) Reload() { l.show(l.view, nil) }

// View returns which part of the list is shown.
func (l *Listing[Item, Figures]) View() View { return l.view }

// Items returns the rows that are shown.
func (l *Listing[Item, Figures]) Items() []Item { return l.reading.Value.Items }

func (l *Listing[Item, Figures]) addressing() addressing {
	return addressing{gone: l.Gone.Value, filters: l.Filters, sorts: l.Sorts}
}

// show reads the part of the list. Then is called once it is there; nil for nothing.
func (l *Listing[Item, Figures]) show(v View, then func()) {
	l.view, l.after = v, then
	page := api.Page{Query: v.Search, Cursor: v.Cursor}
	l.reading.Start(l.ctx, func(ctx context.Context) (api.List[Item, Figures], error) { return l.Read(ctx, v, page) }, l.settle)
}

// settle leaves a page that lost its last row, or whose cursor is no more.
func (l *Listing[Item, Figures]) settle() {
	switch list := &l.reading.Value; {
	case l.view.Page > 0 && l.reading.Err == nil && len(list.Items) == 0:
		l.replace(l.before())
	case l.view.Page > 0 && problem.Is(l.reading.Err, problem.InvalidField):
		l.replace(l.view.first())
	case l.reading.Err == nil && l.after != nil:
		l.after()
		l.after = nil
	}
}

// change shows another part of the list and makes an entry of the history.
func (l *Listing[Item, Figures]) change(v View, then func()) {
	l.show(v, then)
	l.ctx.Navigate(l.addressing().at(l.ctx.Page(), v).String())
}

// replace shows another part of the list in the place of this one.
func (l *Listing[Item, Figures]) replace(v View) {
	l.show(v, nil)
	l.ctx.Page().ReplaceURL(l.addressing().at(l.ctx.Page(), v))
}

func (l *Listing[Item, Figures]) search(text string) {
	v := l.view.first()
	refined := v.Search != "" && text != ""
	v.Search, l.trail = strings.TrimSpace(text), nil
	if refined {
		l.show(v, l.tell)
		l.ctx.Page().ReplaceURL(l.addressing().at(l.ctx.Page(), v))
		return
	}
	l.change(v, l.tell)
}

func (l *Listing[Item, Figures]) choose(param, value string) {
	l.trail = nil
	l.change(l.view.first().choose(param, value), l.tell)
}

func (l *Listing[Item, Figures]) setGone(gone bool) {
	v := l.view.first()
	v.Gone, l.trail = gone, nil
	l.change(v, l.tell)
}

func (l *Listing[Item, Figures]) sort(by string) {
	v := l.view.first()
	if v.Sort = by; len(l.Sorts) > 0 && by == l.Sorts[0].Value {
		v.Sort = ""
	}
	l.trail = nil
	l.change(v, func() { Announce(l.ctx, "Sorted: "+l.sorted()+".") })
}

// clear shows all rows again.
func (l *Listing[Item, Figures]) clear() {
	v := l.view.first()
	v.Search, v.Chosen, l.trail = "", nil, nil
	l.change(v, l.tell)
	Focus(l.ctx, listSearch)
}

// next goes on, once the page is there that says where to.
func (l *Listing[Item, Figures]) next() {
	cursor := l.reading.Value.NextCursor
	if cursor == nil || l.reading.Running {
		return
	}
	v := l.view
	v.Page, v.Cursor = v.Page+1, *cursor
	if l.trail == nil {
		l.trail = map[int]string{}
	}
	l.trail[l.view.Page], l.trail[v.Page] = l.view.Cursor, v.Cursor
	l.change(v, l.turned)
}

func (l *Listing[Item, Figures]) previous() {
	if l.view.Page > 0 && !l.reading.Running {
		l.change(l.before(), l.turned)
	}
}

// before returns the page before, or the first where nobody knows that one: a server tells only the
// way on, and a link leads into the middle.
func (l *Listing[Item, Figures]) before() View {
	v := l.view.first()
	if cursor := l.trail[l.view.Page-1]; cursor != "" {
		v.Page, v.Cursor = l.view.Page-1, cursor
	}
	return v
}

// turned leads to the top of the page that has come.
func (l *Listing[Item, Figures]) turned() {
	l.ctx.Defer(func(app.Context) {
		if list := byID(listCard); list.Truthy() {
			list.Call("scrollIntoView", map[string]any{"block": "start"})
			focus(list)
		}
	})
	l.tell()
}

// tell announces how much there is to see.
func (l *Listing[Item, Figures]) tell() {
	switch n := len(l.reading.Value.Items); {
	case n == 0:
		Announce(l.ctx, "No "+l.Noun+" matches.")
	case l.reading.Value.NextCursor != nil || l.view.Page > 0:
		Announce(l.ctx, Counted(n, l.Noun, l.Plural)+" on this page.")
	default:
		Announce(l.ctx, Counted(n, l.Noun, l.Plural)+".")
	}
}

// by returns the sort of what is shown.
func (l *Listing[Item, Figures]) by() string {
	if l.view.Sort == "" && len(l.Sorts) > 0 {
		return l.Sorts[0].Value
	}
	return l.view.Sort
}

func (l *Listing[Item, Figures]) sorted() string {
	return Filter{Options: l.Sorts}.name(l.by())
}

func (l *Listing[Item, Figures]) create() { l.ctx.Navigate(l.Create.Href) }
