package applications

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// session is whose pages these are.
type session interface {
	Client() *client.Client
	Me() api.Me
}

// List is the page of all applications.
type List struct {
	app.Compo
	actions
	list listing.List[api.Application, api.ApplicationTotals]
}

// NewList returns the page.
func NewList(s session) *List {
	l := &List{}
	l.session, l.changed = s, l.list.Reload
	l.list = listing.List[api.Application, api.ApplicationTotals]{
		Title: "Applications", Lead: "What calls your Arxes. While an application is not active, none of its keys verifies.",
		Noun: "application", Plural: "applications",
		Create: ui.Link{Text: "Create application", Href: "/applications/new"},
		Gone:   ui.Option{Value: "archived", Label: "Show archived"},
		Search: "Search by name or id",
		Filters: []listing.Filter{{Param: "status", Label: "Status", Any: "Any status", Options: []ui.Option{
			{Value: string(api.ApplicationActive), Label: "Active"}, {Value: string(api.ApplicationDisabled), Label: "Disabled"},
		}}},
		Sorts: []ui.Option{
			{Value: string(api.CatalogNewestFirst), Label: "Newest first"}, {Value: string(api.CatalogOldestFirst), Label: "Oldest first"},
			{Value: string(api.CatalogByName), Label: "Name"}, {Value: string(api.CatalogByNameBack), Label: "Name, backwards"},
			{Value: string(api.CatalogByStatus), Label: "Status"}, {Value: string(api.CatalogByStatusBack), Label: "Status, backwards"},
		},
		Columns: columns,
		Empty: ui.Empty{
			Draw: ui.DrawWindow, Title: "No applications yet",
			Text: "An application is something that calls: a backend, an app, a job. Register it, and keys can be made for it.",
		},
		First:   "Register the first application",
		AllGone: "All there were are archived. Show archived lists them.",
		Totals: func(t api.ApplicationTotals) []ui.Total {
			return []ui.Total{
				{Label: "Active", Status: "active", Count: t.Active},
				{Label: "Disabled", Status: "disabled", Count: t.Disabled},
				{Label: "Archived", Status: "archived", Count: t.Archived},
			}
		},
		Whole: func(t api.ApplicationTotals, gone bool) int {
			if gone {
				return t.Total + t.Archived
			}
			return t.Total
		},
		Row:  l.row,
		Read: l.read,
	}
	return l
}

// OnMount reads the list.
func (l *List) OnMount(ctx app.Context) {
	l.ctx = ctx
	l.list.Mount(ctx)
}

// OnNav reads the list anew where the address asks for another part of it.
func (l *List) OnNav(app.Context) { l.list.Visit() }

func (l *List) read(ctx context.Context, v listing.View, page api.Page) (api.ApplicationList, error) {
	request := api.ListApplicationsRequest{Page: page, Sort: api.CatalogSort(v.Sort), Status: api.ApplicationStatus(v.Chosen["status"])}
	if v.Gone {
		request.Include = "archived"
	}
	return client.Call(ctx, l.session.Client(), api.ListApplications, request)
}

// Render draws the page.
func (l *List) Render() app.UI { return l.list.Page(ui.Slot(l.confirm.UI())) }

var columns = []ui.Column{
	{Head: "Application", Sort: "name"}, {Head: "Technology"}, {Head: "Owner"}, {Head: "Keys", NoWrap: true}, {Head: "Status", Sort: "status"},
	{Head: "Created", Sort: "created_at", Down: true, Wide: true, PhoneOff: true, NoWrap: true}, {Head: "Actions", Menu: true},
}

func (l *List) row(a api.Application, now time.Time) ui.Row {
	first := []app.UI{app.A().Class("t-main").Href("/applications/" + a.ID).Text(a.Name)}
	if a.Description != "" {
		first = append(first, app.Span().Class("t-sub").Text(a.Description))
	}
	technology := []app.UI{app.Text(TechnologyName(a.Technology))}
	if len(a.AllowedOrigins) > 0 {
		origins := a.AllowedOrigins[0]
		if more := len(a.AllowedOrigins) - 1; more > 0 {
			origins += " and " + ui.Count(more) + " more"
		}
		technology = append(technology, app.Span().Class("t-sub").Text(origins))
	}
	return ui.Row{
		Active: l.clipboard.Has(a.ID), Dim: a.Status == api.ApplicationArchived,
		Cells: [][]app.UI{
			first,
			technology,
			{ui.Words(a.Owner)},
			{app.Text(ui.Count(a.Keys.Active) + " "), app.Span().Class("muted").Text("of " + ui.Count(a.Keys.Total) + " active")},
			{ui.Badge(string(a.Status), ui.Sentence(string(a.Status)))},
			{ui.When(a.CreatedAt, now)},
			{&ui.Menu{ID: a.ID, Name: "Actions for " + a.Name, Actions: l.menu(a)}},
		},
	}
}
