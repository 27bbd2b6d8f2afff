package listing

import (
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
	trail   map[int]string // the cursors of pages that have been seen, in this view
	reading ui.Reading[part]
	alarm   ui.Alarm
	after   func() // once the read that is running has come
}

// listWords are what the page has set of the list.
type listWords struct {
	title, lead, noun, plural string
	create                    ui.Link
	gone                      ui.Option
	search                    string
	filters                   []Filter
	sorts                     []ui.Option
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
	return addressing{gone: l.words.gone.Value, filters: l.words.filters, sorts: l.words.sorts}
}

// show reads the part of the list. Then is called once it is there; nil for nothing.
func (l *lister) show(v View, then func()) {
	l.view, l.after = v, then
	page := api.Page{Query: v.Search, Cursor: v.Cursor}
	l.reading.Start(l.ctx, func(ctx context.Context) (part, error) { return l.fetch(ctx, v, page) }, l.settle)
}

// settle leaves a page that lost its last row, or whose cursor is no more.
func (l *lister) settle() {
	switch list := &l.reading.Value; {
	case l.view.Page > 0 && l.reading.Err == nil && list.count == 0:
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

func (l *lister) search(text string) {
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
	if v.Sort = by; len(l.words.sorts) > 0 && by == l.words.sorts[0].Value {
		v.Sort = ""
	}
	l.trail = nil
	l.change(v, func() { ui.Announce(l.ctx, "Sorted: "+l.sorted()+".") })
}

// clear shows all rows again.
func (l *lister) clear() {
	v := l.view.first()
	v.Search, v.Chosen, l.trail = "", nil, nil
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
		l.trail = map[int]string{}
	}
	l.trail[shown.Page], l.trail[v.Page] = shown.Cursor, v.Cursor
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
	if cursor := l.trail[that.Page-1]; cursor != "" {
		v.Page, v.Cursor = that.Page-1, cursor
	}
	return v
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
	switch n := l.reading.Value.count; {
	case n == 0:
		ui.Announce(l.ctx, "No "+l.words.noun+" matches.")
	case l.reading.Value.next != nil || l.view.Page > 0:
		ui.Announce(l.ctx, ui.Counted(n, l.words.noun, l.words.plural)+" on this page.")
	default:
		ui.Announce(l.ctx, ui.Counted(n, l.words.noun, l.words.plural)+".")
	}
}

// by returns the sort of what is shown.
func (l *lister) by() string {
	if l.view.Sort == "" && len(l.words.sorts) > 0 {
		return l.words.sorts[0].Value
	}
	return l.view.Sort
}

func (l *lister) sorted() string {
	return Filter{Options: l.words.sorts}.name(l.by())
}

func (l *lister) create() { l.ctx.Navigate(l.words.create.Href) }
