package listing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
)

// Ids of elements.
const (
	listCard   = "list"
	listSearch = "search"
)

// skeletonRows is the number of rows of a list that is loading. They fill a screen, so that what follows the list
// is out of sight.
const skeletonRows = 16

// page draws the page.
func (l *lister) page(more []app.UI) app.UI {
	list := &l.reading.Value
	head := ui.Head{Title: l.words.title, Lead: l.words.lead}
	if l.words.create.Href != "" {
		look := ui.Primary
		if l.hasNothing() { // the primary button is in the empty state
			look = ui.Secondary
		}
		head.Actions = []app.UI{&ui.Button{Label: l.words.create.Text, Icon: "plus", Look: look, Disabled: !l.mayCreate(), OnClick: l.create}}
		if why := cmp.Or(l.words.refused, list.permits.Why["create"]); why != "" {
			head.Lead += " " + why
		}
	}
	if l.reading.Err != nil && !l.reading.Here {
		return ui.Page(head, shell.Failure("The list could not be loaded", l.reading.Err, false, l.reading.Running, l.reload), ui.Slot(more...))
	}
	var body []app.UI
	switch {
	case l.reading.Here && list.totals != nil:
		body = append(body, l.totals(true, list.totals(time.Now())))
	case l.words.totals != nil:
		body = append(body, l.totals(false, l.words.totals))
	}
	body = append(body, ui.Slot(shell.Stale(&l.reading, "The list may be out of date.", l.reload)))
	if l.hasNothing() {
		body = append(body, l.empty())
	} else {
		body = append(body, l.card())
	}
	return ui.Page(head, append(body, ui.Slot(more...))...)
}

// totals draws the totals. If the list filters by status, each leads to the list of what it counts.
func (l *lister) totals(known bool, totals []ui.Total) app.UI {
	for _, f := range l.words.filters {
		if f.Param == statusParam {
			return ui.TotalLinks(known, l.linked(totals)...)
		}
	}
	return ui.Totals(known, totals...)
}

// statusParam is the parameter of the filter by status.
const statusParam = "status"

// linked returns the totals with the addresses of what they count: of the whole list, whatever else is filtered. The
// deleted and archived ones are those that the list shows on demand.
func (l *lister) linked(totals []ui.Total) []ui.Total {
	if l.ctx == nil { // not mounted yet
		return totals
	}
	a := l.addressing()
	out := make([]ui.Total, len(totals))
	for i, t := range totals {
		value := cmp.Or(t.Filter, t.Status)
		v := View{Sort: l.view.Sort}.choose(statusParam, value)
		if offered := value == "" || slices.ContainsFunc(l.words.filters, func(f Filter) bool { return f.Param == statusParam && f.allows(value) }); !offered {
			v = v.choose(statusParam, "")
			v.Gone = true
		}
		t.On = l.view.First().equal(v)
		t.Href = l.ctx.Page().URL().Path
		if q := a.query(v); q != "" {
			t.Href += "?" + q
		}
		out[i] = t
	}
	return out
}

// mayCreate reports whether the person may create another one, as far as is known.
func (l *lister) mayCreate() bool {
	if l.reading.Here {
		return l.reading.Value.permits.May("create")
	}
	return l.reading.Err == nil && l.words.refused == ""
}

// hasNothing reports whether the list has no rows at all, not even archived or deleted ones.
func (l *lister) hasNothing() bool {
	switch list := &l.reading.Value; {
	case !l.reading.Here || list.count > 0 || list.next != nil || list.view.Narrows() || list.view.Page > 0:
		return false
	case l.words.counts:
		return list.wholeGone == 0
	}
	return true
}

func (l *lister) empty() app.UI {
	e := l.words.empty
	e.ID = "empty"
	if l.words.create.Href != "" {
		e.Actions = []app.UI{&ui.Button{Label: l.words.first, Look: ui.Primary, Disabled: !l.mayCreate(), OnClick: l.create}}
	}
	return e.UI()
}

func (l *lister) card() app.UI {
	card := app.Section().ID(listCard).Class("card").TabIndex(-1).Aria("label", "List of "+l.words.plural).Aria("busy", l.reading.Running)
	bar, list := l.bar(), &l.reading.Value
	switch {
	case !l.reading.Here:
		return card.Body(bar, ui.Skeleton(l.table(), skeletonRows, l.reading.Slow))
	case list.count == 0 && l.reading.Running && (list.view.Page > 0 || list.next != nil): // the last row of a page has gone
		return card.Body(bar, app.Div().Class("pause"))
	case list.count == 0:
		return card.Body(bar, l.none())
	}
	rows := make([]ui.Row, list.count)
	now := time.Now()
	var turn time.Time
	for i := range rows {
		rows[i] = list.row(i, now)
		if list.turns != nil {
			turn = ui.Sooner(turn, list.turns(i, now))
		}
	}
	l.alarm.Set(l.ctx, turn)
	return card.Body(bar, l.table().With(rows), l.pager())
}

// table returns the table without rows.
func (l *lister) table() ui.Table {
	return ui.Table{Name: l.words.title, Columns: l.words.columns, Sort: l.by(), OnSort: l.sort, Phone: "short", Selecting: l.selecting}
}

// listFilters is the id of what a phone shows in a sheet.
const listFilters = "filters"

// bar draws search, filters and, for phones, where the table has no column heads, the sort. On phones, the filters
// are in a sheet that a button opens.
func (l *lister) bar() app.UI {
	var controls, folded []app.UI
	if l.words.search != "" {
		controls = append(controls, &ui.Search{ID: listSearch, Placeholder: l.words.search, Value: l.view.Search, Slash: true, Redact: Redact, OnSearch: l.search})
	}
	for _, f := range l.words.filters {
		options := append([]ui.Option{{Label: f.Any}}, f.Options...)
		chosen := l.view.Chosen[f.Param]
		if chosen != "" && f.name(chosen) == chosen { // the option is not loaded yet, or is not offered
			options = append(options, ui.Option{Value: chosen, Label: chosen})
		}
		folded = append(folded, &ui.Select{
			ID: f.Param, Label: f.Label, Bare: true, Options: options, Value: chosen, On: chosen != "",
			OnChoose: func(value string) { l.choose(f.Param, value) },
		})
	}
	if l.words.gone.Value != "" {
		folded = append(folded, &ui.Check{ID: l.words.gone.Value, Label: l.words.gone.Label, Switch: true, Checked: l.view.Gone, OnChange: l.setGone})
	}
	if l.words.tools != nil {
		folded = append(folded, l.words.tools()...)
	}
	controls = append(controls, ui.Sheet{ID: listFilters, Open: "Filters", On: len(l.view.Chosen), Name: "Filters", Body: folded}.UI())
	if len(l.words.sorts) > 0 {
		controls = append(controls, app.Div().Class("sort-phone").Body(
			&ui.Select{ID: "sort", Label: "Sort", Bare: true, Options: l.sorts(), Value: l.by(), OnChoose: l.sort}))
	}
	if l.words.picks {
		controls = append(controls, app.Div().Class("only-phone").Body(&ui.Button{Label: "Select", Toggle: true, Pressed: l.selecting, OnClick: l.turnSelecting}))
	}
	bar := app.Div().Class("filters").Attr("role", "search").Aria("label", "Filter "+l.words.plural).Body(controls...)
	if len(l.words.quick) == 0 {
		return bar
	}
	return app.Div().Body(
		&ui.Chips{Name: "Quick filters", Chips: l.words.quick, Value: l.view.Chosen[statusParam], OnChoose: func(value string) { l.choose(statusParam, value) }},
		bar)
}

func (l *lister) turnSelecting() { l.selecting = !l.selecting }

// none draws a list without rows: nothing matches, nothing has matched so far, or everything is archived or
// deleted.
func (l *lister) none() app.UI {
	list := &l.reading.Value
	shown := list.view
	if !shown.Narrows() && list.next == nil {
		return ui.Empty{ID: "none", Plain: true, Title: "No " + l.words.plural, Text: l.words.allGone}.UI()
	}
	e := ui.Empty{ID: "none", Plain: true, Title: "No " + l.words.noun + " matches", Text: l.narrowed(shown)}
	switch {
	case list.next != nil:
		e.Title += " so far"
		e.Text += " " + l.looked()
		e.Actions = append(e.Actions, &ui.Button{Label: searchFurther, OnClick: l.next})
	case shown.Page > 0:
		e.Title = "No further " + l.words.noun + " matches"
	}
	if shown.Page > 0 {
		e.Actions = append(e.Actions, &ui.Button{Label: l.back(), OnClick: l.previous})
	}
	if shown.Narrows() {
		clear := "Clear filters"
		if len(shown.Chosen) == 0 {
			clear = "Clear search"
		}
		e.Actions = append(e.Actions, &ui.Button{Label: clear, OnClick: l.clear})
	}
	return e.UI()
}

// searchFurther is the label of the button to the next page if the server stopped scanning for this one.
const searchFurther = "Search further"

// back returns the label of the button to the previous page, or to the first if the previous is unknown.
func (l *lister) back() string {
	if shown := l.reading.Value.view; shown.Page > 1 && l.trail[shown.Page-1].cursor == "" {
		return "First page"
	}
	return "Previous page"
}

// narrowed describes search and filters: You searched for “nightly” and filtered by Billing and Disabled.
func (l *lister) narrowed(v View) string {
	var chosen, did []string
	for _, f := range l.words.filters {
		if value := v.Chosen[f.Param]; value != "" {
			chosen = append(chosen, ui.Verbatim(f.name(value)))
		}
	}
	if !v.Narrows() {
		return ""
	}
	if v.Search != "" {
		did = append(did, "searched for “"+ui.Verbatim(v.Search)+"”")
	}
	if last := len(chosen) - 1; last > 0 {
		did = append(did, "filtered by "+strings.Join(chosen[:last], ", ")+" and "+chosen[last])
	} else if last == 0 {
		did = append(did, "filtered by "+chosen[last])
	}
	return "You " + strings.Join(did, " and ") + "."
}

func (l *lister) pager() app.UI {
	list := &l.reading.Value
	shown := list.view
	p := ui.Pager{
		From: l.from(shown), Rows: list.count, First: shown.Page == 0, Last: list.next == nil,
		Back: l.back(), OnPrevious: l.previous, OnNext: l.next,
	}
	if list.scanned > 0 {
		p.Note, p.Next = l.looked(), searchFurther
	}
	switch {
	case shown.Narrows():
	case shown.Gone:
		p.Total = list.wholeGone
	default:
		p.Total = list.whole
	}
	return p.UI()
}
