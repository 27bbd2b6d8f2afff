package applications

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// NewList returns the page of all applications.
func NewList(s session) app.Composer {
	return catalog.NewList(s, applications, catalog.Listed[api.Application, api.ApplicationTotals]{List: listing.List[api.Application, api.ApplicationTotals]{
		Lead:    "Applications call your Arxes. While an application is not active, none of its keys verifies.",
		Gone:    ui.Option{Value: archived, Label: "Show archived"},
		Columns: []ui.Column{{Head: "Technology", Class: "p-start"}, {Head: "Owner", Class: "p-rest", Size: "address"}},
		Empty:   ui.Empty{Text: "An application is something that calls: a backend, an app, a job. Register it, and keys can be made for it."},
		First:   "Register the first application",
		AllGone: "All applications have been archived. Show archived lists them.",
		Totals: func(t api.ApplicationTotals) []ui.Total {
			return []ui.Total{
				{Label: "Active", Status: "active", Count: t.Active},
				{Label: "Disabled", Status: "disabled", Count: t.Disabled},
				{Label: "Archived", Status: "archived", Count: t.Archived},
			}
		},
		Count: func(t *api.ApplicationTotals, a api.Application, by int) {
			switch a.Status {
			case api.ApplicationArchived:
				t.Archived += by
				return
			case api.ApplicationActive:
				t.Active += by
			case api.ApplicationDisabled:
				t.Disabled += by
			}
			t.Total += by
		},
		Whole: func(t api.ApplicationTotals, gone bool) int {
			if gone {
				return t.Total + t.Archived
			}
			return t.Total
		},
	}, Cells: cells, Read: read})
}

const archived = "archived"

func read(ctx context.Context, c *client.Client, v listing.View, page api.Page) (api.ApplicationList, error) {
	return client.Call(ctx, c, api.ListApplications, api.ListApplicationsRequest{
		Page: page, Sort: api.CatalogSort(v.Sort), Status: api.ApplicationStatus(v.Chosen["status"]), Include: v.Include(archived),
	})
}

func cells(a api.Application) [][]app.UI {
	technology := []app.UI{app.Text(TechnologyName(a.Technology))}
	if len(a.AllowedOrigins) > 0 {
		technology = append(technology, app.Span().Class("t-sub").Text(ui.Listed(a.AllowedOrigins[:1], len(a.AllowedOrigins))))
	}
	var owner []app.UI
	if a.Owner != "" {
		owner = []app.UI{ui.OneLine(a.Owner)}
	}
	return [][]app.UI{technology, owner}
}
