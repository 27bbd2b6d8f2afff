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

// compared says which pairs are not among the busiest: of what was never used, the API does not know the pairs.
const compared = "Only applications and Arxes with valid verifications are compared."

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
		return ui.Card("busiest", title, nil, app.P().Class("card-body", "hint").Text("There are no figures of pairs in the "+In(u.Period)+". "+compared))
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
		app.Div().Class("card-foot").Body(app.Span().Class("hint").Text(compared)))
}

func (t *Traffic) setOrder(order string) { t.order = order }

func refusedOf(p api.PairUse) int { return p.Total - p.Codes[api.CodeValid] }
