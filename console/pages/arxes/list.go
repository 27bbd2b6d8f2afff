package arxes

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

// List is the page of all Arxes.
type List struct {
	app.Compo
	actions
	list listing.List[api.Arx, api.ArxTotals]
}

// NewList returns the page.
func NewList(s session) *List {
	l := &List{}
	l.session, l.changed = s, l.list.Reload
	l.list = listing.List[api.Arx, api.ArxTotals]{
		Title: "Arxes", Lead: "The clusters that applications call. Each sets how often its keys rotate.",
		Noun: "Arx", Plural: "Arxes",
		Create: ui.Link{Text: "Create Arx", Href: "/arxes/new"},
		Gone:   ui.Option{Value: "deleted", Label: "Show deleted"},
		Search: "Search by name or id",
		Filters: []listing.Filter{{Param: "status", Label: "Status", Any: "Any status", Options: []ui.Option{
			{Value: string(api.ArxActive), Label: "Active"}, {Value: string(api.ArxDisabled), Label: "Disabled"},
		}}},
		Sorts: []ui.Option{
			{Value: string(api.CatalogNewestFirst), Label: "Newest first"}, {Value: string(api.CatalogOldestFirst), Label: "Oldest first"},
			{Value: string(api.CatalogByName), Label: "Name"}, {Value: string(api.CatalogByNameBack), Label: "Name, backwards"},
			{Value: string(api.CatalogByStatus), Label: "Status"}, {Value: string(api.CatalogByStatusBack), Label: "Status, backwards"},
		},
		Columns: columns,
		Empty: ui.Empty{
			Draw: drawing, Title: "No Arxes yet",
			Text: "An Arx is a cluster that is called. Describe where it runs and how often its keys are rotated, and keys can be made for it.",
		},
		First:   "Create the first Arx",
		AllGone: "All there were are deleted. Show deleted lists them for 90 days.",
		Totals: func(t api.ArxTotals) []ui.Total {
			return []ui.Total{
				{Label: "Total", Count: t.Total},
				{Label: "Active", Status: "active", Count: t.Active},
				{Label: "Disabled", Status: "disabled", Count: t.Disabled},
			}
		},
		Whole: func(t api.ArxTotals, gone bool) int {
			if gone {
				return 0 // nobody counts the deleted
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

func (l *List) read(ctx context.Context, v listing.View, page api.Page) (api.ArxList, error) {
	request := api.ListArxesRequest{Page: page, Sort: api.CatalogSort(v.Sort), Status: api.ArxStatus(v.Chosen["status"])}
	if v.Gone {
		request.Include = "deleted"
	}
	return client.Call(ctx, l.session.Client(), api.ListArxes, request)
}

// Render draws the page.
func (l *List) Render() app.UI { return l.list.Page(ui.Slot(l.confirm.UI())) }

var columns = []ui.Column{
	{Head: "Arx", Sort: "name"}, {Head: "Purpose"}, {Head: "Provider"}, {Head: "Plan", Wide: true}, {Head: "Rotation", NoWrap: true},
	{Head: "Keys", NoWrap: true}, {Head: "Status", Sort: "status"}, {Head: "Created", Sort: "created_at", Down: true, Wide: true, PhoneOff: true, NoWrap: true}, {Head: "Actions", Menu: true},
}

func (l *List) row(a api.Arx, now time.Time) ui.Row {
	name := []app.UI{app.Text(a.Name)}
	if a.IsDefault {
		name = append(name, app.Text(" "), ui.Badge("default", "Default"))
	}
	first := []app.UI{app.A().Class("t-main").Href("/arxes/" + a.ID).Body(name...)}
	if a.Description != "" {
		first = append(first, app.Span().Class("t-sub").Text(a.Description))
	}
	return ui.Row{
		Active: l.clipboard.Has(a.ID), Dim: a.Status == api.ArxDeleted,
		Cells: [][]app.UI{
			first,
			{app.Span().Class("arx-ref").Body(ui.Tag(Env(a.Purpose)), app.Text(PurposeName(a.Purpose)))},
			{app.Text(ProviderName(a.Provider)), app.Span().Class("t-sub").Body(regionCodes(a.Regions)...)},
			{app.Text(PlanName(a.Plan))},
			{app.Text(CycleName(a.Cycle))},
			{app.Text(ui.Count(a.Keys.Active) + " "), app.Span().Class("muted").Text("of " + ui.Count(a.Keys.Total) + " active")},
			{ui.Badge(string(a.Status), ui.Sentence(string(a.Status)))},
			{ui.When(a.CreatedAt, now)},
			{&ui.Menu{ID: a.ID, Name: "Actions for " + a.Name, Actions: l.menu(a)}},
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

// drawing is an Arx: a tower.
const drawing ui.Drawing = "M76 40h8v5h6v-5h12v5h6v-5h8v12l-4 4v20H80V56l-4-4zM92 76V66a4 4 0 0 1 8 0v10"
