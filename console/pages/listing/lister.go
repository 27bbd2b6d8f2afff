package listing

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// lister is the part of a [List] that does not depend on what is listed.
type lister struct {
	words   listWords
	fetch   func(ctx context.Context, v View, page api.Page) (part, error)
	ctx     app.Context
	view    View
	trail   map[int]stop // pages of this view that were shown, by the number of pages before them
	reading ui.Reading[part]
	alarm   ui.Alarm
	after   func() // called when the running read succeeds

	selecting bool // phones show the boxes that select rows
}

// stop is the beginning of a page that was shown.
type stop struct {
	cursor  string
	from    int  // number of its first row; 0 if unknown
	further bool // the previous page ended because the server stopped scanning, so this one may be empty
}

// listWords are the exported fields of the list that do not depend on its types.
type listWords struct {
	title, lead, noun, plural string
	create                    ui.Link
	refused                   string
	carries                   []string
	gone                      ui.Option
	search                    string
	filters                   []Filter
	quick                     []ui.Chip
	tools                     func() []app.UI
	sorts                     []ui.Option
	ranked                    bool
	columns                   []ui.Column
	picks                     bool
	empty                     ui.Empty
	first, allGone            string
	totals                    []ui.Total // placeholders until the totals are loaded
	counts                    bool       // the number of all rows is known
}

// part is a page of the list as it was read.
type part struct {
	view             View // of this page; another one may be loading, or have failed to load
	count            int  // number of rows
	next             *string
	scanned          int // how many rows the server scanned if it stopped for that; otherwise 0
	permits          api.Permits
	row              func(i int, now time.Time) ui.Row
	turns            func(i int, now time.Time) time.Time // may be nil: see List.Turns
	totals           func(now time.Time) []ui.Total       // nil if there are none
	whole, wholeGone int                                  // number of rows without search and filters, excluding and including archived or deleted ones
	list             any                                  // the answer, an api.List
}

// visit reads what the address asks for, unless it is shown already.
func (l *lister) visit() {
	asked, held := l.addressing().read(l.ctx.Page().URL())
	if held { // remove the access key from the address
		l.ctx.Page().ReplaceURL(l.addressing().at(l.ctx.Page(), asked))
	}
	if l.reading.Begun() && asked.equal(l.view) {
		return
	}
	if !asked.First().equal(l.view.First()) {
		l.trail = nil
	}
	l.show(asked, nil)
}

// Came reports whether the list was read, even in vain.
func (l *lister) Came() bool { return l.reading.Here || l.reading.Err != nil }

func (l *lister) reload() { l.show(l.view, nil) }

func (l *lister) addressing() addressing {
	return addressing{gone: l.words.gone.Value, filters: l.words.filters, sorts: l.words.sorts, ranked: l.words.ranked}
}

// show reads the page of the view. Then is called when it is loaded; it may be nil.
func (l *lister) show(v View, then func()) {
	l.view, l.after = v, then
	l.reading.Start(l.ctx, l.reader(v), l.settle)
}

func (l *lister) reader(v View) func(context.Context) (part, error) {
	page := api.Page{Query: v.Search, Cursor: v.Cursor}
	return func(ctx context.Context) (part, error) { return l.fetch(ctx, v, page) }
}

// settle leaves a page that has lost its last row or whose cursor is no longer valid. It keeps an empty page
// that has a next one, or that was reached by searching further.
func (l *lister) settle() {
	switch list := &l.reading.Value; {
	case l.view.Page > 0 && l.reading.Err == nil && list.count == 0 && list.next == nil && !l.trail[l.view.Page].further:
		l.replace(l.before(l.view))
	case l.view.Page > 0 && problem.Is(l.reading.Err, problem.InvalidField):
		l.replace(l.view.First())
	case l.reading.Err == nil && l.after != nil:
		after := l.after
		l.after = nil // after may show another page and set this again
		after()
	}
}

// change shows another view of the list and adds it to the history.
func (l *lister) change(v View, then func()) {
	l.show(v, then)
	l.ctx.Navigate(l.addressing().at(l.ctx.Page(), v).String())
}

// replace shows another view of the list and replaces the current one in the history.
func (l *lister) replace(v View) {
	l.show(v, nil)
	l.ctx.Page().ReplaceURL(l.addressing().at(l.ctx.Page(), v))
}

// search searches for the text when the running read has ended.
func (l *lister) search(text string) {
	v, before := l.searching(strings.TrimSpace(text)), l.view.Search
	if v.Search == before {
		return
	}
	l.trail, l.view, l.after = nil, v, l.tell
	l.reading.Queue(l.ctx, l.reader(v), l.settle)
	address := l.addressing().at(l.ctx.Page(), v)
	if before != "" && v.Search != "" { // refining a search adds no history entry
		l.ctx.Page().ReplaceURL(address)
		return
	}
	l.ctx.Navigate(address.String())
}

// searching returns the view that searches for the text. In a ranked list, a new search is sorted by relevance;
// a sort chosen during the search stays while the text changes.
func (l *lister) searching(text string) View {
	v := l.view.First()
	if l.words.ranked && (v.Search == "" || text == "" && v.Sort == l.words.sorts[0].Value) {
		v.Sort = ""
	}
	v.Search = text
	return v
}

func (l *lister) choose(param, value string) {
	l.trail = nil
	l.change(l.view.First().choose(param, value), l.tell)
}

func (l *lister) setGone(gone bool) {
	v := l.view.First()
	v.Gone, l.trail = gone, nil
	l.change(v, l.tell)
}

func (l *lister) sort(by string) {
	v := l.view.First()
	if v.Sort = by; by == l.ownSort() {
		v.Sort = ""
	}
	l.trail = nil
	l.change(v, func() { ui.Announce(l.ctx, "Sorted: "+l.sorted()+".") })
}

// clear removes the search and all filters.
func (l *lister) clear() {
	v := l.searching("")
	v.Chosen, l.trail = nil, nil
	l.change(v, l.tell)
	ui.Focus(l.ctx, listSearch)
}

// next shows the next page. If a page is loading, it waits for that page's cursor.
func (l *lister) next() {
	if l.reading.Running {
		l.after = l.next
		return
	}
	cursor := l.reading.Value.next
	if cursor == nil {
		return
	}
	shown := l.reading.Value.view
	v := shown
	v.Page, v.Cursor = v.Page+1, *cursor
	if l.trail == nil {
		l.trail = map[int]stop{}
	}
	if _, known := l.trail[shown.Page]; !known {
		l.trail[shown.Page] = stop{cursor: shown.Cursor, from: l.from(shown)}
	}
	ahead := stop{cursor: v.Cursor, further: l.reading.Value.scanned > 0}
	if from := l.from(shown); from > 0 {
		ahead.from = from + l.reading.Value.count
	}
	l.trail[v.Page] = ahead
	l.change(v, l.turned)
}

func (l *lister) previous() {
	switch shown := l.reading.Value.view; {
	case l.reading.Running:
		l.after = l.previous
	case shown.Page > 0:
		l.change(l.before(shown), l.turned)
	}
}

// before returns the previous page, or the first one if the previous is unknown: cursors only lead
// forward, and a link can open a page in the middle.
func (l *lister) before(that View) View {
	v := that.First()
	if cursor := l.trail[that.Page-1].cursor; cursor != "" {
		v.Page, v.Cursor = that.Page-1, cursor
	}
	return v
}

// from returns the number of the page's first row, or 0 if it is unknown. Only without search and filters are
// all previous pages full.
func (l *lister) from(v View) int {
	switch seen, known := l.trail[v.Page]; {
	case v.Page == 0:
		return 1
	case known:
		return seen.from
	case v.Narrows():
		return 0
	}
	return v.Page*api.DefaultPageItems + 1
}

// Matching returns how many rows the view has on all its pages, or false if that is unknown.
func (l *lister) Matching() (rows int, known bool) {
	list := &l.reading.Value
	switch v := list.view; {
	case v.Page == 0 && list.next == nil:
		return list.count, true
	case v.Narrows():
		return 0, false
	case v.Gone:
		return list.wholeGone, true
	}
	return list.whole, true
}

// turned scrolls to the top of the new page and focuses the list.
func (l *lister) turned() {
	l.ctx.Defer(func(app.Context) {
		if list := ui.ByID(listCard); list.Truthy() {
			list.Call("scrollIntoView", map[string]any{"block": "start"})
			ui.FocusElement(list)
		}
	})
	l.tell()
}

// focusRow moves the focus to the name of the row after the next draw, or to the title if there is no such row.
func (l *lister) focusRow(i int) {
	l.ctx.Defer(func(app.Context) {
		name := app.Window().Get("document").Call("querySelectorAll", "#"+listCard+" tbody .t-main").Index(i)
		if !name.Truthy() {
			name = ui.First("h1")
		}
		ui.FocusElement(name)
	})
}

// tell announces how many rows are shown.
func (l *lister) tell() {
	list := &l.reading.Value
	rows := ui.Counted(list.count, l.words.noun, l.words.plural)
	switch {
	case list.count == 0 && list.next != nil:
		ui.Announce(l.ctx, "No "+l.words.noun+" matches so far. "+l.looked())
	case list.count == 0:
		ui.Announce(l.ctx, "No "+l.words.noun+" matches.")
	case list.scanned > 0:
		ui.Announce(l.ctx, rows+" on this page. "+l.looked())
	case list.next != nil || l.view.Page > 0:
		ui.Announce(l.ctx, rows+" on this page.")
	default:
		ui.Announce(l.ctx, rows+".")
	}
}

// looked says how many rows the server has scanned for the page.
func (l *lister) looked() string {
	if n := l.reading.Value.scanned; n > 0 {
		return ui.Counted(n, l.words.noun+" was", l.words.plural+" were") + " looked at, and there are more."
	}
	return "There are more " + l.words.plural + " to look at."
}

// relevance is the default sort of a search in a ranked list.
var relevance = ui.Option{Label: "Best match first"}

// sorts returns the sorts that the view can have; the first is the default.
func (l *lister) sorts() []ui.Option {
	if l.words.ranked && l.view.Search != "" {
		return append([]ui.Option{relevance}, l.words.sorts...)
	}
	return l.words.sorts
}

// ownSort returns the view's default sort.
func (l *lister) ownSort() string {
	if sorts := l.sorts(); len(sorts) > 0 {
		return sorts[0].Value
	}
	return ""
}

// by returns the view's sort; empty means relevance.
func (l *lister) by() string { return cmp.Or(l.view.Sort, l.ownSort()) }

func (l *lister) sorted() string {
	return Filter{Options: l.sorts()}.name(l.by())
}

// create opens the page that creates one, with what the list is filtered by.
func (l *lister) create() {
	q := url.Values{}
	for _, param := range l.words.carries {
		if chosen := l.view.Chosen[param]; chosen != "" {
			q.Set(param, chosen)
		}
	}
	address := l.words.create.Href
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	l.ctx.Navigate(address)
}
