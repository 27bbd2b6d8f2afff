package ui

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// The ids of a list's parts.
const (
	listCard   = "list"
	listSearch = "search"
)

// skeletonRows is how many rows a list has that is being read.
const skeletonRows = 8

// Page draws the page. What follows the list, such as dialogs, comes and goes in a place of its own.
func (l *Listing[Item, Figures]) Page(more ...app.UI) app.UI {
	list := &l.reading.Value
	head := Head{Title: l.Title, Lead: l.Lead}
	if l.Create.Href != "" {
		head.Actions = []app.UI{&Button{Label: l.Create.Text, Icon: "plus", Look: Primary, Disabled: !l.mayCreate(), OnClick: l.create}}
		if why := list.Why["create"]; why != "" {
			head.Lead += " " + why
		}
	}
	if l.reading.Err != nil && !l.reading.Here {
		return Page(head, Failure("The list could not be loaded", l.reading.Err, false, l.reading.Running, l.Reload), Slot(more...))
	}
	var body []app.UI
	if l.Totals != nil {
		body = append(body, Totals(l.reading.Here, l.Totals(list.Totals)...))
	}
	body = append(body, Slot(l.reading.Stale("The list may be out of date.", l.Reload)))
	if l.hasNothing() {
		body = append(body, l.empty())
	} else {
		body = append(body, l.card())
	}
	return Page(head, append(body, Slot(more...))...)
}

// mayCreate reports whether the caller may make another one, as far as is known.
func (l *Listing[Item, Figures]) mayCreate() bool {
	if l.reading.Here {
		return l.reading.Value.May("create")
	}
	return l.reading.Err == nil
}

// hasNothing reports whether there is nothing at all: not now, not before.
func (l *Listing[Item, Figures]) hasNothing() bool {
	switch list := &l.reading.Value; {
	case !l.reading.Here || len(list.Items) > 0 || l.view.Narrows() || l.view.Page > 0:
		return false
	case l.Whole != nil:
		return l.Whole(list.Totals, true) == 0
	}
	return true
}

func (l *Listing[Item, Figures]) empty() app.UI {
	e := l.Empty
	e.ID = "empty"
	if l.Create.Href != "" {
		e.Actions = []app.UI{&Button{Label: l.First, Look: Primary, Disabled: !l.mayCreate(), OnClick: l.create}}
	}
	return e.UI()
}

func (l *Listing[Item, Figures]) card() app.UI {
	card := app.Section().ID(listCard).Class("card").TabIndex(-1).Aria("label", "List of "+l.Plural).Aria("busy", l.reading.Running)
	bar, list := l.bar(), &l.reading.Value
	switch {
	case !l.reading.Here && l.reading.Slow:
		return card.Body(bar, Skeleton(l.Title, l.Columns, skeletonRows))
	case !l.reading.Here:
		return card.Body(bar, app.Div().Class("pause"))
	case len(list.Items) == 0:
		return card.Body(bar, l.none())
	}
	rows := make([]Row, len(list.Items))
	now := time.Now()
	for i, item := range list.Items {
		rows[i] = l.Row(item, now)
	}
	return card.Body(bar, Table{Name: l.Title, Columns: l.Columns, Rows: rows, Sort: l.by(), OnSort: l.sort}.UI(), l.pager())
}

// bar narrows the list. On a phone it sorts it too: there the heads of the columns are gone.
func (l *Listing[Item, Figures]) bar() app.UI {
	var controls []app.UI
	if l.Search != "" {
		controls = append(controls, &Search{ID: listSearch, Placeholder: l.Search, Value: l.view.Search, Slash: true, OnSearch: l.search})
	}
	for _, f := range l.Filters {
		options := append([]Option{{Label: f.Any}}, f.Options...)
		chosen := l.view.Chosen[f.Param]
		if chosen != "" && f.name(chosen) == chosen { // its word has not come, or never will
			options = append(options, Option{Value: chosen, Label: chosen})
		}
		controls = append(controls, &Select{
			ID: f.Param, Label: f.Label, Bare: true, Options: options, Value: chosen, On: chosen != "",
			OnChoose: func(value string) { l.choose(f.Param, value) },
		})
	}
	if len(l.Sorts) > 0 {
		controls = append(controls, app.Div().Class("sort-phone").Body(
			&Select{ID: "sort", Label: "Sort", Bare: true, Options: l.Sorts, Value: l.by(), OnChoose: l.sort}))
	}
	if l.Gone.Value != "" {
		controls = append(controls, &Check{ID: l.Gone.Value, Label: l.Gone.Label, Switch: true, Checked: l.view.Gone, OnChange: l.setGone})
	}
	return app.Div().Class("filters").Attr("role", "search").Aria("label", "Filter "+l.Plural).Body(controls...)
}

// none stands in the place of rows: a filter has no hits, or only what is gone is left.
func (l *Listing[Item, Figures]) none() app.UI {
	if !l.view.Narrows() {
		return Empty{ID: "none", Plain: true, Title: "No " + l.Plural, Text: l.AllGone}.UI()
	}
	return Empty{
		ID: "none", Plain: true, Title: "No " + l.Noun + " matches", Text: "Nothing is left under " + l.narrowed() + ".",
		Actions: []app.UI{&Button{Label: "Clear filters", OnClick: l.clear}},
	}.UI()
}

// narrowed says what the list is narrowed to: “nightly”, Billing and Disabled.
func (l *Listing[Item, Figures]) narrowed() string {
	var words []string
	if l.view.Search != "" {
		words = append(words, "“"+l.view.Search+"”")
	}
	for _, f := range l.Filters {
		if chosen := l.view.Chosen[f.Param]; chosen != "" {
			words = append(words, f.name(chosen))
		}
	}
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func (l *Listing[Item, Figures]) pager() app.UI {
	list := &l.reading.Value
	from := l.view.Page*api.DefaultPageItems + 1
	p := Pager{
		From: from, To: from + len(list.Items) - 1, First: l.view.Page == 0, Last: list.NextCursor == nil,
		ToFirst: l.view.Page > 1 && l.trail[l.view.Page-1] == "", OnPrevious: l.previous, OnNext: l.next,
	}
	if l.Whole != nil && !l.view.Narrows() {
		p.Total = l.Whole(list.Totals, l.view.Gone)
	}
	return p.UI()
}

// Stale says that something could not be read again, and is what it was before; nothing where it
// is up to date. The callback is a method of the page.
func (r *Reading[T]) Stale(first string, onRetry func()) app.UI {
	if r.Err == nil || !r.Here {
		return nil
	}
	rest := problem.Of(r.Err).Detail
	if r.again {
		rest += " It is tried again by itself."
	}
	return Banner("bad", "cloud-off", first, rest, &Button{Label: "Try again", Small: true, Busy: r.Running, OnClick: onRetry})
}
