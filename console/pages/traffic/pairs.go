package traffic

import (
	"cmp"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// orders are the orders of the busiest pairs.
var orders = []ui.Option{{Value: "", Label: "Busiest"}, {Value: "refused", Label: "Refused most"}}

// Pairs draws which applications are busiest at which Arxes. Tag draws the environment of an Arx.
func (t *Traffic) Pairs(tag func(api.Purpose) app.UI) app.UI {
	u := &t.Reading.Value
	const title = "Busiest pairs"
	if t.Waits() {
		return ui.Card("busiest", title, nil, app.Div().Class("pause"))
	}
	if u.Totals.Total == 0 { // the chart says so
		return app.Div().Hidden(true)
	}
	if len(u.Busiest) == 0 {
		return ui.Card("busiest", title, nil, app.P().Class("card-body", "hint").Text("Nothing was valid in the "+In(u.Period)+", so there are no pairs to compare."))
	}
	pairs := slices.Clone(u.Busiest)
	if t.order != "" {
		ui.Sort(pairs, func(a, b api.PairUse) int { return cmp.Compare(refusedOf(b), refusedOf(a)) })
	}
	rows := make([]ui.Row, len(pairs))
	for i, p := range pairs {
		rows[i] = ui.Row{Cells: [][]app.UI{
			{app.A().Class("t-main").Href("/keys?application=" + p.Application.ID + "&arx=" + p.Arx.ID).Text(p.Application.Name),
				app.Span().Class("t-sub", "arx-ref").Body(tag(p.Arx.Purpose), app.Text(" "+p.Arx.Name))},
			{app.Text(ui.Count(p.Total))},
			{app.Text(percent(refusedOf(p), p.Total))},
		}}
	}
	columns := []ui.Column{{Head: "Application at Arx"}, {Head: "Verifications", Number: true}, {Head: "Refused", Number: true}}
	return ui.Card("busiest", title, &ui.Segments{Name: "Order", Options: orders, Value: t.order, OnChoose: t.setOrder},
		ui.Table{Name: "Busiest pairs in the " + In(u.Period), Columns: columns, Rows: rows, Dense: true, Phone: "mini"}.UI(),
		app.Div().Class("card-foot").Body(app.Span().Class("hint").Text("Among the applications and Arxes with the most valid verifications.")))
}

func (t *Traffic) setOrder(order string) { t.order = order }

func refusedOf(p api.PairUse) int { return p.Total - p.Codes[api.CodeValid] }
