package catalog

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Listed defines the list of the records of a kind. Totals are counts of all of them.
type Listed[T, Totals any] struct {
	listing.List[T, Totals]                    // with the texts of this kind, and the columns between name and keys
	Cells                   func(T) [][]app.UI // cells of those columns
	Read                    func(ctx context.Context, c *client.Client, v listing.View, page api.Page) (api.List[T, Totals], error)
}

// list is the page of all records.
type list[T any, ID, Update api.Request, Totals any] struct {
	app.Compo
	actions Actions[T, ID, Update]
	listed  Listed[T, Totals]
}

// NewList returns the page of all records of the kind.
func NewList[T any, ID, Update api.Request, Totals any](s Session, k *Kind[T, ID, Update], listed Listed[T, Totals]) app.Composer {
	l := &list[T, ID, Update, Totals]{listed: listed}
	l.actions = Actions[T, ID, Update]{kind: k, session: s, changed: l.listed.Changed}
	words := &l.listed.List
	words.Title, words.Noun, words.Plural = ui.Sentence(k.Many), k.One, k.Many
	words.Create = ui.Link{Text: "Create " + k.One, Href: k.Path + "/new"}
	words.Search = "Search by name or id"
	words.Filters = []listing.Filter{{Param: "status", Label: "Status", Any: "Any status", Options: []ui.Option{
		{Value: "active", Label: "Active"}, {Value: "disabled", Label: "Disabled"},
	}}}
	words.Sorts = []ui.Option{
		{Value: string(api.CatalogNewestFirst), Label: "Newest first"}, {Value: string(api.CatalogOldestFirst), Label: "Oldest first"},
		{Value: string(api.CatalogByName), Label: "Name"}, {Value: string(api.CatalogByNameBack), Label: "Name, backwards"},
		{Value: string(api.CatalogByStatus), Label: "Status"}, {Value: string(api.CatalogByStatusBack), Label: "Status, backwards"},
	}
	words.Columns = append(append([]ui.Column{{Head: ui.Sentence(k.One), Sort: "name", Size: "title"}}, words.Columns...),
		ui.Column{Head: "Keys", NoWrap: true, Class: "p-last", Size: "count"}, ui.Column{Head: "Status", Sort: "status", Class: "p-side", Size: "time"},
		ui.Column{Head: "Created", Sort: "created_at", Down: true, Wide: true, PhoneOff: true, NoWrap: true, Size: "time"}, ui.Column{Head: "Actions", Menu: true})
	words.Empty.Draw, words.Empty.Title = k.Drawing, "No "+k.Many+" yet"
	words.ID = func(record T) string { return k.Summary(record).ID }
	words.Fits = func(record T, v listing.View) bool {
		s := k.Summary(record)
		status := v.Chosen["status"]
		return (v.Gone || !s.Gone) && (status == "" || status == s.Status)
	}
	words.Beside = k.Beside
	words.Row, words.Read = l.row, func(ctx context.Context, v listing.View, page api.Page) (api.List[T, Totals], error) {
		return listed.Read(ctx, s.Client(), v, page)
	}
	return l
}

// OnMount reads the list.
func (l *list[T, ID, Update, Totals]) OnMount(ctx app.Context) {
	if !l.actions.session.Me().Can[string(api.WriteCatalog)] {
		l.listed.Refused = "Only owners and admins create " + l.actions.kind.Many + "." // as first.js says before
	}
	l.actions.ctx = ctx
	ui.OnChanged(ctx, func(is T) { l.listed.Show(is) })
	l.listed.Mount(ctx)
}

// OnNav reads the list again if the address asks for another part of it.
func (l *list[T, ID, Update, Totals]) OnNav(app.Context) { l.listed.Visit() }

// Render draws the page.
func (l *list[T, ID, Update, Totals]) Render() app.UI {
	return l.listed.Page(ui.Slot(l.actions.confirm.UI()))
}

func (l *list[T, ID, Update, Totals]) row(record T, now time.Time) ui.Row {
	k, s := l.actions.kind, l.actions.kind.Summary(record)
	name := []app.UI{app.Text(s.Name)}
	if s.Default {
		name = append(name, app.Text(" "), defaultBadge())
	}
	first := []app.UI{app.A().Class("t-main").Href(k.address(s.ID)).Body(name...)}
	if s.Description != "" {
		first = append(first, app.Span().Class("t-sub").Text(s.Description))
	}
	keys := []app.UI{app.Span().Class("wide-only").Text(ui.Count(s.Keys.Total)), app.Span().Class("phone-line").Text(ui.Counted(s.Keys.Total, "key", "keys"))}
	if off := apart("", s.Keys); off != "" {
		keys = append(keys, app.Text(" "), app.Span().Class("t-sub").Text(off))
	}
	cells := append([][]app.UI{first}, l.listed.Cells(record)...)
	return ui.Row{
		Active: l.actions.clipboard.Has(s.ID), Dim: s.Gone,
		Cells: append(cells,
			keys,
			[]app.UI{statusBadge(s)},
			[]app.UI{ui.When(s.CreatedAt, now)},
			[]app.UI{&ui.Menu{ID: s.ID, Name: "Actions for " + s.Name, Actions: l.actions.menu(record)}},
		),
	}
}
