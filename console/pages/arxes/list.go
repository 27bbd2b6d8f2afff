package arxes

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// NewList returns the page of all Arxes.
func NewList(s session) app.Composer {
	return catalog.NewList(s, arxes, catalog.Listed[api.Arx, api.ArxTotals]{List: listing.List[api.Arx, api.ArxTotals]{
		Lead:    "The clusters that applications call. Each sets how often its keys rotate.",
		Gone:    ui.Option{Value: deleted, Label: "Show deleted"},
		Columns: []ui.Column{{Head: "Purpose", Class: "p-start", Size: "status"}, {Head: "Provider", Class: "p-rest"}, {Head: "Plan", Wide: true, Size: "time"}, {Head: "Rotation", NoWrap: true, Size: "time"}},
		Empty:   ui.Empty{Text: "An Arx is a cluster that is called. Describe where it runs and how often its keys are rotated, and keys can be made for it."},
		First:   "Create the first Arx",
		AllGone: "All Arxes have been deleted. Show deleted lists them for 90 days.",
		Totals: func(t api.ArxTotals) []ui.Total {
			return []ui.Total{
				{Label: "Total", Count: t.Total},
				{Label: "Active", Status: "active", Count: t.Active},
				{Label: "Disabled", Status: "disabled", Count: t.Disabled},
			}
		},
		Count: func(t *api.ArxTotals, a api.Arx, by int) {
			switch a.Status {
			case api.ArxActive:
				t.Active += by
			case api.ArxDisabled:
				t.Disabled += by
			default: // deleted Arxes are not counted
				return
			}
			t.Total += by
		},
		Whole: func(t api.ArxTotals, gone bool) int {
			if gone {
				return 0 // deleted Arxes are not counted
			}
			return t.Total
		},
	}, Cells: cells, Read: read})
}

const deleted = "deleted"

func read(ctx context.Context, c *client.Client, v listing.View, page api.Page) (api.ArxList, error) {
	return client.Call(ctx, c, api.ListArxes, api.ListArxesRequest{
		Page: page, Sort: api.CatalogSort(v.Sort), Status: api.ArxStatus(v.Chosen["status"]), Include: v.Include(deleted),
	})
}

func cells(a api.Arx) [][]app.UI {
	return [][]app.UI{
		{app.Span().Class("arx-ref").Body(ui.Tag(Env(a.Purpose)), app.Text(PurposeName(a.Purpose)))},
		{app.Text(ProviderName(a.Provider)), app.Span().Class("t-sub").Body(regionCodes(a.Regions)...)},
		{app.Text(PlanName(a.Plan))},
		{app.Text(CycleName(a.Cycle))},
	}
}

// regionCodes draws the codes without line breaks inside them.
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
