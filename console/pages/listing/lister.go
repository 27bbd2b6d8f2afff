package listing

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// lister is what a [List] does, whatever it lists.
type lister struct {
	words   listWords
	fetch   func(ctx context.Context, v View, page api.Page) (part, error)
	ctx     app.Context
	view    View
	trail   map[int]stop // the pages of this view that have been seen, by how many come before
	reading ui.Reading[part]
	alarm   ui.Alarm
	after   func() // once the read that is running has come
}

// stop is where a page begins that has been seen.
type stop struct {
	cursor  string
	from    int  // the number of its first row; 0 where it is not known
	further bool // the page before ended because the server had looked at enough rows, so this one may be empty
}

// listWords are what the page has set of the list.
type listWords struct {
	title, lead, noun, plural string
	create                    ui.Link
	gone                      ui.Option
	search                    string
	filters                   []Filter
	sorts                     []ui.Option
	ranked                    bool
	columns                   []ui.Column
	empty                     ui.Empty
	first, allGone            string
	totals                    []ui.Total // while none have come
	counts                    bool       // somebody counts all rows
}

// part is a part of the list.
type part struct {
	view             View // what it is: another may be asked for already, or could not be had
	count            int  // of its rows
	next             *string
	scanned          int // how many rows were looked at, where the page ended for that before it was full
	permits          api.Permits
	row              func(i int, now time.Time) ui.Row
	turns            func(i int, now time.Time) time.Time // nil: no row turns by itself
	totals           []ui.Total
	whole, wholeGone int // all rows there are when nothing narrows them, without and with what is gone
	items            any
}

// visit reads what the address asks for, unless it is being shown.
func (l *lister) visit() {
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

func (l *lister) reload() { l.show(l.view, nil) }

func (l *lister) addressing() addressing {
	return addressing{gone: l.words.gone.Value, filters: l.words.filters, sorts: l.words.sorts, ranked: l.words.ranked}
}

// show reads the part of the list. Then is called once it is there; it may be nil.
func (l *lister) show(v View, then func()) {
	l.view, l.after = v, then
	l.reading.Start(l.ctx, l.reader(v), l.settle)
}

func (l *lister) reader(v View) func(context.Context) (part, error) {
	page := api.Page{Query: v.Search, Cursor: v.Cursor}
	return func(ctx context.Context) (part, error) { return l.fetch(ctx, v, page) }
}

// settle leaves a page that lost its last row, or whose cursor is no longer valid. An empty page stays where
// the list goes on behind it, or where somebody got there by searching further.
func (l *lister) settle() {
	switch list := &l.reading.Value; {
	case l.view.Page > 0 && l.reading.Err == nil && list.count == 0 && list.next == nil && !l.trail[l.view.Page].further:
		l.replace(l.before(l.view))
	case l.view.Page > 0 && problem.Is(l.reading.Err, problem.InvalidField):
		l.replace(l.view.first())
	case l.reading.Err == nil && l.after != nil:
		after := l.after
		l.after = nil // it may show another part, and wait for that
		after()
	}
}

// change shows another part of the list and makes an entry of the history.
func (l *lister) change(v View, then func()) {
	l.show(v, then)
	l.ctx.Navigate(l.addressing().at(l.ctx.Page(), v).String())
}

// replace shows another part of the list in the place of this one.
func (l *lister) replace(v View) {
	l.show(v, nil)
	l.ctx.Page().ReplaceURL(l.addressing().at(l.ctx.Page(), v))
}

// search searches for the text once the read that is running has ended.
func (l *lister) search(text string) {
	v, before := l.searching(strings.TrimSpace(text)), l.view.Search
	if v.Search == before {
		return
	}
	l.trail, l.view, l.after = nil, v, l.tell
	l.reading.Queue(l.ctx, l.reader(v), l.settle)
	address := l.addressing().at(l.ctx.Page(), v)
	if before != "" && v.Search != "" { // it refines the search, which has an entry of the history already
		l.ctx.Page().ReplaceURL(address)
		return
	}
	l.ctx.Navigate(address.String())
}

// searching returns the view that searches for the text. A search that begins comes by relevance where the list
// does that; a sort that is chosen later stays while the text changes.
func (l *lister) searching(text string) View {
	v := l.view.first()
	if l.words.ranked && (v.Search == "" || text == "" && v.Sort == l.words.sorts[0].Value) {
		v.Sort = ""
	}
	v.Search = text
	return v
}

func (l *lister) choose(param, value string) {
	l.trail = nil
	l.change(l.view.first().choose(param, value), l.tell)
}

func (l *lister) setGone(gone bool) {
	v := l.view.first()
	v.Gone, l.trail = gone, nil
	l.change(v, l.tell)
}

func (l *lister) sort(by string) {
	v := l.view.first()
	if v.Sort = by; by == l.ownSort() {
		v.Sort = ""
	}
	l.trail = nil
	l.change(v, func() { ui.Announce(l.ctx, "Sorted: "+l.sorted()+".") })
}

// clear shows all rows again.
func (l *lister) clear() {
	v := l.searching("")
	v.Chosen, l.trail = nil, nil
	l.change(v, l.tell)
	ui.Focus(l.ctx, listSearch)
}

// next goes on, once the page is there that says where to.
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

// before returns the page before that one, or the first where nobody knows it: a server tells only
// the way on, and a link leads into the middle.
func (l *lister) before(that View) View {
	v := that.first()
	if cursor := l.trail[that.Page-1].cursor; cursor != "" {
		v.Page, v.Cursor = that.Page-1, cursor
	}
	return v
}

// from returns the number of the first row of the page; 0 where it is not known. Only pages of a list that
// nothing narrows are sure to be full.
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

// turned leads to the top of the page that has come.
func (l *lister) turned() {
	l.ctx.Defer(func(app.Context) {
		if list := ui.ByID(listCard); list.Truthy() {
			list.Call("scrollIntoView", map[string]any{"block": "start"})
			ui.FocusElement(list)
		}
	})
	l.tell()
}

// tell announces how much there is to see.
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

// looked says how far the server has looked for the rows of the page.
func (l *lister) looked() string {
	if n := l.reading.Value.scanned; n > 0 {
		return ui.Counted(n, l.words.noun+" was", l.words.plural+" were") + " looked at, and there are more."
	}
	return "There are more " + l.words.plural + " to look at."
}

// relevance is the order of a search whose results come by relevance.
var relevance = ui.Option{Label: "Best match first"}

// sorts are the orders that the view can have; the first is its own.
func (l *lister) sorts() []ui.Option {
	if l.words.ranked && l.view.Search != "" {
		return append([]ui.Option{relevance}, l.words.sorts...)
	}
	return l.words.sorts
}

// ownSort returns the order that the view has unless another is chosen.
func (l *lister) ownSort() string {
	if sorts := l.sorts(); len(sorts) > 0 {
		return sorts[0].Value
	}
	return ""
}

// by returns the sort of what is shown: empty for a search by relevance.
func (l *lister) by() string { return cmp.Or(l.view.Sort, l.ownSort()) }

func (l *lister) sorted() string {
	return Filter{Options: l.sorts()}.name(l.by())
}

func (l *lister) create() { l.ctx.Navigate(l.words.create.Href) }
