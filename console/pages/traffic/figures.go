package traffic

import (
	"cmp"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Figures draws how many verifications there were, and how many of them were refused, each in a card with its
// course over time.
func (t *Traffic) Figures(now time.Time) []app.UI {
	u := &t.Reading.Value
	figure := func(of string, body ...app.UI) app.UI {
		return app.Div().Class("card", "stat").Body(app.Dt().Text(of+", "+labelOf(u.Period)), app.Dd().Body(body...))
	}
	switch {
	case t.Waits():
		return []app.UI{ui.BoneStat(), ui.BoneStat()}
	case !t.Reading.Here: // the chart says why
		u = &Used{Period: t.period}
		return []app.UI{figure("Verifications", app.Small().Text("Not loaded")), figure("Refused", app.Small().Text("Not loaded"))}
	}
	codes, total := refusals(u.Totals)
	found, peak := bars(u.Usage, u.Period, now), 0
	all, bad := make([]int, len(found)), make([]int, len(found))
	for i, b := range found {
		all[i], bad[i] = b.Total, b.Total-b.Codes[api.CodeValid]
		if bad[i] > bad[peak] {
			peak = i
		}
	}
	used, mostly := "None so far", "Every verification was valid"
	if u.Totals.Total > 0 {
		used = ui.Count(u.Totals.Total-total) + " of them valid"
	} else {
		mostly = "No verification so far"
	}
	if len(codes) > 0 {
		mostly = "Most often: " + ui.Lower(cmp.Or(reasons[codes[0]].text, string(codes[0]))) + ". Peak " + around(u.Period) + found[peak].label(u.Period, now)
	}
	return []app.UI{
		figure("Verifications", app.Text(ui.Count(u.Totals.Total)), ui.Spark(all, ""), app.Span().Text(used)),
		figure("Refused", app.Text(ui.Count(total)), app.Small().Text(percent(total, u.Totals.Total)), ui.Spark(bad, "bad"), app.Span().Text(mostly)),
	}
}

func around(period string) string {
	if days(period) > 0 {
		return "on "
	}
	return "from "
}

func labelOf(period string) string {
	for _, p := range Periods {
		if p.Value == period {
			return p.Label
		}
	}
	return period
}
