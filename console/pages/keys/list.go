// Package keys holds the console's pages of API keys.
package keys

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// session is whose pages these are.
type session interface {
	Client() *client.Client
	Me() api.Me
}

// List is the page of all API keys.
type List struct {
	app.Compo
	session session
	ctx     app.Context

	filter    ui.Filter
	cursors   ui.Cursors
	reading   ui.Reading[api.KeyList]
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
	request := api.ListKeysRequest{Page: api.Page{Query: l.filter.Search, Cursor: l.cursors.Here()}, Status: api.KeyStatus(l.filter.Status)}
	if l.filter.All {
		request.Include = "deleted"
	}
	l.reading.Start(l.ctx, func(ctx context.Context) (api.KeyList, error) {
		return client.Call(ctx, l.session.Client(), api.ListKeys, request)
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
func (l *List) create()                 { l.ctx.Navigate("/keys/new") }
func (l *List) previous()               { l.cursors.Previous(); l.read() }
func (l *List) copyID(id string)        { l.clipboard.Copy(l.ctx, id, "API key "+id) }

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
	may := !l.reading.Here && l.reading.Err == nil || l.reading.Here && list.May("create")
	head := ui.Head{
		Title: "API keys", Lead: "Each key lets one application talk to one Arx.",
		Actions: []app.UI{&ui.Button{Label: "Create API key", Icon: "plus", Look: ui.Primary, Disabled: !may, OnClick: l.create}},
	}
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
		ui.Total{Label: "Expired", Status: "expired", Count: list.Totals.Expired},
		ui.Total{Label: "Deleted", Status: "deleted", Count: list.Totals.Deleted},
	)}
	body = append(body, ui.Slot(l.stale()))
	if l.reading.Here && len(list.Items) == 0 && list.Totals.Total+list.Totals.Deleted == 0 && !l.filter.Narrows() {
		body = append(body, ui.Empty{
			ID: "empty", Draw: ui.DrawKey, Title: "No API keys yet",
			Text:    "Choose an application and an Arx, and Arxkeys makes the key that joins them. You see its access key once.",
			Actions: []app.UI{&ui.Button{Label: "Create the first key", Look: ui.Primary, Disabled: !may, OnClick: l.create}},
		}.UI())
	} else {
		body = append(body, l.card())
	}
	if l.deletion != nil {
		body = append(body, l.dialog())
	}
	return ui.Page(head, body...)
}

var statuses = []ui.Option{
	{Value: "", Label: "Any status"},
	{Value: string(api.KeyActive), Label: "Active"},
	{Value: string(api.KeyDisabled), Label: "Disabled"},
	{Value: string(api.KeyExpired), Label: "Expired"},
}

// stale says that the list could not be read again, and is the one of before.
func (l *List) stale() app.UI {
	if l.reading.Err == nil {
		return nil
	}
	return ui.Banner("bad", "cloud-off", "The list may be out of date.", problem.Of(l.reading.Err).Detail,
		&ui.Button{Label: "Try again", Small: true, Busy: l.reading.Running, OnClick: l.read})
}

func (l *List) card() app.UI {
	filters := app.Div().Class("filters").Attr("role", "search").Aria("label", "Filter API keys").Body(
		&ui.Search{ID: "search", Placeholder: "Search by name or id", Value: l.filter.Search, OnSearch: l.setSearch},
		&ui.Select{ID: "status", Label: "Status", Bare: true, Options: statuses, Value: l.filter.Status, On: l.filter.Status != "", OnChoose: l.setStatus},
		&ui.Check{ID: "deleted", Label: "Show deleted", Switch: true, Checked: l.filter.All, OnChange: l.setAll},
	)
	card := app.Section().Class("card").Aria("label", "List of API keys").Aria("busy", l.reading.Running)
	list := &l.reading.Value
	switch {
	case !l.reading.Here && l.reading.Slow:
		return card.Body(filters, ui.Skeleton("API keys", columns, 8))
	case !l.reading.Here:
		return card.Body(filters, app.Div().Class("pause"))
	case len(list.Items) == 0 && l.filter.Narrows():
		return card.Body(filters, ui.Empty{
			ID: "none", Plain: true, Title: "No API key matches", Text: "Nothing is left under these filters.",
			Actions: []app.UI{&ui.Button{Label: "Clear filters", OnClick: l.clear}},
		}.UI())
	case len(list.Items) == 0:
		return card.Body(filters, ui.Empty{
			ID: "none", Plain: true, Title: "No API keys", Text: "All there were are deleted. Show deleted lists them for 90 days.",
		}.UI())
	}
	rows := make([]ui.Row, len(list.Items))
	now := time.Now()
	for i, k := range list.Items {
		rows[i] = l.row(k, now)
	}
	from := l.cursors.Before()*api.DefaultPageItems + 1
	pager := ui.Pager{
		From: from, To: from + len(list.Items) - 1, First: l.cursors.First(), Last: list.NextCursor == nil,
		OnPrevious: l.previous, OnNext: l.next,
	}
	if !l.filter.Narrows() {
		pager.Total = list.Totals.Total
		if l.filter.All {
			pager.Total += list.Totals.Deleted
		}
	}
	return card.Body(filters, ui.Table("API keys", columns, rows), pager.UI())
}

var columns = []ui.Column{
	{Head: "API key"}, {Head: "Application"}, {Head: "Arx"}, {Head: "Status"}, {Head: "Last used", NoWrap: true},
	{Head: "Created", Wide: true, PhoneOff: true, NoWrap: true}, {Head: "Expires", NoWrap: true}, {Head: "Rotate by", NoWrap: true},
	{Head: "Actions", Menu: true},
}

func (l *List) row(k api.KeySummary, now time.Time) ui.Row {
	name := app.Span().Class("t-main").Text(k.Name)
	if k.Name == "" {
		name = app.Span().Class("t-main", "muted").Text("Unnamed key")
	}
	return ui.Row{
		Active: l.clipboard.Has(k.ID), Dim: k.Status == api.KeyDeleted,
		Cells: [][]app.UI{
			{name, &ui.CopyID{ID: k.ID, Name: "Copy API key", Copied: l.clipboard.Has(k.ID), OnCopy: l.copyID}},
			{ui.Words(k.Application.Name)},
			{arxes.Ref(k.Arx.Name, k.Arx.Purpose)},
			{ui.Badge(string(k.Status), ui.Sentence(string(k.Status)))},
			{lastUsed(k, now)},
			{ui.Date(k.CreatedAt, now)},
			expires(k, now),
			rotation(k, now),
			{&ui.Menu{ID: k.ID, Name: "Actions for " + title(k), Actions: l.actions(k)}},
		},
	}
}

// title names a key to people: by its name or, without one, by its id.
func title(k api.KeySummary) string {
	if k.Name != "" {
		return k.Name
	}
	return k.ID
}

func (l *List) actions(k api.KeySummary) []ui.Action {
	actions := []ui.Action{{Label: "Copy API key", Icon: "copy", Do: func() { l.copyID(k.ID) }}}
	if k.Status == api.KeyDeleted {
		return actions
	}
	remove := ui.Action{Label: "Delete", Icon: "trash", Ends: true, Do: func() { l.startDeletion(k) }}
	if !k.May("delete") {
		remove.Refuse = "Not possible now."
		if why := k.Why["delete"]; why != "" {
			remove.Refuse = why
		}
	}
	return append(actions, remove)
}

func lastUsed(k api.KeySummary, now time.Time) app.UI {
	if k.LastUsedAt == nil {
		return app.Span().Class("muted").Text("Never")
	}
	return ui.When(*k.LastUsedAt, now)
}

func expires(k api.KeySummary, now time.Time) []app.UI {
	if k.ExpiresAt == nil {
		return []app.UI{app.Span().Class("muted").Text("Never")}
	}
	if soon := ui.Soon(*k.ExpiresAt, now); soon != "" {
		return []app.UI{ui.Date(*k.ExpiresAt, now), app.Span().Class("t-sub").Text(soon)}
	}
	return []app.UI{ui.Date(*k.ExpiresAt, now)}
}

func rotation(k api.KeySummary, now time.Time) []app.UI {
	switch {
	case k.Status == api.KeyDeleted || k.Status == api.KeyExpired:
		return []app.UI{app.Span().Class("muted").Body(ui.Date(k.RotateBy, now))}
	case k.RotationDue:
		return []app.UI{ui.Badge("due", "Rotation due"), app.Span().Class("t-sub").Text("since " + ui.Day(k.RotateBy, now))}
	}
	return []app.UI{ui.Date(k.RotateBy, now)}
}
