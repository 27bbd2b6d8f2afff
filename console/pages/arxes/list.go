package arxes

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// session is whose pages these are.
type session interface{ Client() *client.Client }

// List is the page of all Arxes.
type List struct {
	app.Compo
	session session
	ctx     app.Context

	filter    ui.Filter
	cursors   ui.Cursors
	reading   ui.Reading[api.ArxList]
	clipboard ui.Clipboard
	deletion  *deletion
}

// NewList returns the page.
func NewList(s session) *List { return &List{session: s} }

// gone is the parameter of the address that shows deleted rows too.
const gone = "deleted"

// OnMount reads the list.
func (l *List) OnMount(ctx app.Context) {
	l.ctx = ctx
	l.visit()
}

// OnNav reads the list anew where a link asks for another part of it.
func (l *List) OnNav(app.Context) { l.visit() }

// visit reads what the address asks for, unless it is being shown.
func (l *List) visit() {
	asked := ui.VisitFilter(l.ctx.Page(), gone, statuses)
	if l.reading.Begun() && asked == l.filter {
		return
	}
	l.filter = asked
	l.cursors.Reset()
	l.read()
}

// read reads the page of the list that is asked for.
func (l *List) read() {
	request := api.ListArxesRequest{Page: api.Page{Query: l.filter.Search, Cursor: l.cursors.Here()}, Status: api.ArxStatus(l.filter.Status)}
	if l.filter.All {
		request.Include = "deleted"
	}
	l.reading.Start(l.ctx, func(ctx context.Context) (api.ArxList, error) {
		return client.Call(ctx, l.session.Client(), api.ListArxes, request)
	}, l.settle)
}

// settle leaves a page that lost its last row.
func (l *List) settle() {
	if l.reading.Err == nil && len(l.reading.Value.Items) == 0 && !l.cursors.First() {
		l.cursors.Previous()
		l.read()
	}
}

// narrow reads the list anew from its first page, and keeps what is asked for in the address.
func (l *List) narrow() {
	l.filter.Write(l.ctx.Page(), gone)
	l.cursors.Reset()
	l.read()
}

func (l *List) setSearch(text string)   { l.filter.Search = text; l.narrow() }
func (l *List) setStatus(status string) { l.filter.Status = status; l.narrow() }
func (l *List) setAll(all bool)         { l.filter.All = all; l.narrow() }
func (l *List) clear()                  { l.filter.Search, l.filter.Status = "", ""; l.narrow() }
func (l *List) create()                 { l.ctx.Navigate("/arxes/new") }
func (l *List) previous()               { l.cursors.Previous(); l.read() }

// next goes on, once the page is there that says where to.
func (l *List) next() {
	if cursor := l.reading.Value.NextCursor; cursor != nil && !l.reading.Running {
		l.cursors.Next(*cursor)
		l.read()
	}
}

// Render draws the page.
func (l *List) Render() app.UI {
	list := &l.reading.Value
	head := ui.Head{Title: "Arxes", Lead: "What is called. Keys live by the rotation cycle of their Arx."}
	may := !l.reading.Here && l.reading.Err == nil || l.reading.Here && list.May("create")
	head.Actions = []app.UI{&ui.Button{Label: "Create Arx", Icon: "plus", Look: ui.Primary, Disabled: !may, OnClick: l.create}}
	if why := list.Why["create"]; why != "" {
		head.Lead += " " + why
	}
	if l.reading.Err != nil && !l.reading.Here {
		return ui.Page(head, ui.Failure("The list could not be loaded", l.reading.Err, false, l.reading.Running, l.read))
	}
	body := []app.UI{ui.Totals(l.reading.Here,
		ui.Total{Label: "Total", Count: list.Totals.Total},
		ui.Total{Label: "Active", Status: "active", Count: list.Totals.Active},
		ui.Total{Label: "Disabled", Status: "disabled", Count: list.Totals.Disabled},
	)}
	body = append(body, ui.Slot(l.stale()))
	if l.reading.Here && len(list.Items) == 0 && list.Totals.Total == 0 && !l.filter.Narrows() && !l.filter.All {
		body = append(body, ui.Empty{
			ID: "empty", Draw: ui.DrawArx, Title: "No Arxes yet",
			Text:    "An Arx is a cluster that is called. Describe where it runs and how often its keys are rotated, and keys can be made for it.",
			Actions: []app.UI{&ui.Button{Label: "Create the first Arx", Look: ui.Primary, Disabled: !may, OnClick: l.create}},
		}.UI())
	} else {
		body = append(body, l.card())
	}
	if l.deletion != nil {
		body = append(body, l.dialog())
	}
	return ui.Page(head, body...)
}

var statuses = []ui.Option{{Value: "", Label: "Any status"}, {Value: "active", Label: "Active"}, {Value: "disabled", Label: "Disabled"}}

// stale says that the list could not be read again, and is the one of before.
func (l *List) stale() app.UI {
	if l.reading.Err == nil {
		return nil
	}
	return ui.Banner("bad", "cloud-off", "The list may be out of date.", problem.Of(l.reading.Err).Detail,
		&ui.Button{Label: "Try again", Small: true, Busy: l.reading.Running, OnClick: l.read})
}

func (l *List) card() app.UI {
	filters := app.Div().Class("filters").Attr("role", "search").Aria("label", "Filter Arxes").Body(
		&ui.Search{ID: "search", Placeholder: "Search by name or id", Value: l.filter.Search, OnSearch: l.setSearch},
		&ui.Select{ID: "status", Label: "Status", Bare: true, Options: statuses, Value: l.filter.Status, On: l.filter.Status != "", OnChoose: l.setStatus},
		&ui.Check{ID: "deleted", Label: "Show deleted", Switch: true, Checked: l.filter.All, OnChange: l.setAll},
	)
	card := app.Section().Class("card").Aria("label", "List of Arxes").Aria("busy", l.reading.Running)
	list := &l.reading.Value
	switch {
	case !l.reading.Here && l.reading.Slow:
		return card.Body(filters, ui.Skeleton("Arxes", columns, 6))
	case !l.reading.Here:
		return card.Body(filters, app.Div().Class("pause"))
	case len(list.Items) == 0:
		return card.Body(filters, ui.Empty{
			ID: "none", Plain: true, Title: "No Arx matches", Text: "Nothing is left under these filters.",
			Actions: []app.UI{&ui.Button{Label: "Clear filters", OnClick: l.clear}},
		}.UI())
	}
	rows := make([]ui.Row, len(list.Items))
	now := time.Now()
	for i, a := range list.Items {
		rows[i] = l.row(a, now)
	}
	from := l.cursors.Before()*api.DefaultPageItems + 1
	pager := ui.Pager{
		From: from, To: from + len(list.Items) - 1, First: l.cursors.First(), Last: list.NextCursor == nil,
		OnPrevious: l.previous, OnNext: l.next,
	}
	if !l.filter.Narrows() && !l.filter.All {
		pager.Total = list.Totals.Total
	}
	return card.Body(filters, ui.Table("Arxes", columns, rows), pager.UI())
}

var columns = []ui.Column{
	{Head: "Arx"}, {Head: "Purpose"}, {Head: "Provider"}, {Head: "Plan", Wide: true}, {Head: "Rotation", NoWrap: true},
	{Head: "Keys"}, {Head: "Status"}, {Head: "Created", Wide: true, PhoneOff: true, NoWrap: true}, {Head: "Actions", Menu: true},
}

func (l *List) row(a api.Arx, now time.Time) ui.Row {
	name := []app.UI{app.Text(a.Name)}
	if a.IsDefault {
		name = append(name, app.Text(" "), ui.Badge("default", "Default"))
	}
	first := []app.UI{app.Span().Class("t-main").Body(name...)}
	if a.Description != "" {
		first = append(first, app.Span().Class("t-sub").Text(a.Description))
	}
	actions := []ui.Action{{Label: "Copy Arx id", Icon: "copy", Do: func() { l.clipboard.Copy(l.ctx, a.ID, "Arx id "+a.ID) }}}
	if a.Status != api.ArxDeleted {
		remove := ui.Action{Label: "Delete", Icon: "trash", Ends: true, Do: func() { l.startDeletion(a) }}
		if !a.May("delete") {
			remove.Refuse = reason(a.Why["delete"])
		}
		actions = append(actions, remove)
	}
	return ui.Row{
		Active: l.clipboard.Has(a.ID), Dim: a.Status == api.ArxDeleted,
		Cells: [][]app.UI{
			first,
			{app.Span().Class("arx-ref").Body(ui.Env(Env(a.Purpose)), app.Text(PurposeName(a.Purpose)))},
			{app.Text(ProviderName(a.Provider)), app.Span().Class("t-sub").Body(regionCodes(a.Regions)...)},
			{app.Text(PlanName(a.Plan))},
			{app.Text(CycleName(a.Cycle))},
			{app.Text(ui.Count(a.Keys.Active) + " "), app.Span().Class("muted").Text("of " + ui.Count(a.Keys.Total) + " active")},
			{ui.Badge(string(a.Status), ui.Sentence(string(a.Status)))},
			{ui.When(a.CreatedAt, now)},
			{&ui.Menu{ID: a.ID, Name: "Actions for " + a.Name, Actions: actions}},
		},
	}
}

// regionCodes lists the codes, none of which breaks into two lines.
func regionCodes(codes []string) []app.UI {
	var words []app.UI
	for i, code := range codes {
		if i < len(codes)-1 {
			words = append(words, app.Span().Class("nowrap").Text(code+","), app.Text(" "))
			continue
		}
		words = append(words, app.Span().Class("nowrap").Text(code))
	}
	return words
}

// reason says why something can't be done, also where the server gave none.
func reason(why string) string {
	if why == "" {
		return "Not possible now."
	}
	return why
}
