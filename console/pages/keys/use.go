package keys

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// periods are the periods of the chart.
var periods = []ui.Option{{Value: "24h", Label: "24 h"}, {Value: "7d", Label: "7 d"}, {Value: "30d", Label: "30 d"}}

var periodNames = map[string]string{"24h": "last 24 hours", "7d": "last 7 days", "30d": "last 30 days"}

// outcomes are the series of the chart.
var outcomes = []string{"Valid", "Refused: over a limit", "Refused: other"}

// used is the use of a key in a period. It may not be the chosen period any more.
type used struct {
	api.KeyUsage
	period string
}

func (d *Detail) readUse() {
	period := d.period
	request := useRequest(d.id, period, time.Now())
	d.use.Start(d.ctx, func(ctx context.Context) (used, error) {
		u, err := client.Call(ctx, d.session.Client(), api.GetKeyUsage, request)
		return used{u, period}, err
	}, nil)
}

// useRequest returns the request for the key's use in the period: by hour for a day, by day for more.
func useRequest(id, period string, now time.Time) api.KeyUsageRequest {
	r := api.KeyUsageRequest{ID: id}
	switch period {
	case "7d":
		r.UsageRange = api.UsageRange{From: now.AddDate(0, 0, -6).UTC().Truncate(24 * time.Hour), Interval: api.ByDay}
	case "30d":
		r.UsageRange = api.UsageRange{From: now.AddDate(0, 0, -29).UTC().Truncate(24 * time.Hour), Interval: api.ByDay}
	}
	return r
}

func (d *Detail) setPeriod(period string) {
	if period != d.period {
		d.period = period
		d.readUse()
	}
}

func (d *Detail) turnTable() { d.tabular = !d.tabular }

// split returns the counts of the outcomes: valid, over a limit, other refusals.
func split(c api.UseCounts) []int {
	valid, limited := c.Codes[api.CodeValid], c.Codes[api.CodeRateLimited]+c.Codes[api.CodeUsageExhausted]
	return []int{valid, limited, c.Total - valid - limited}
}

// useCard draws how often the key was verified over time, by outcome.
func (d *Detail) useCard(now time.Time) app.UI {
	choice := &ui.Segments{Name: "Period", Options: periods, Value: d.period, OnChoose: d.setPeriod}
	switch {
	case d.use.Here:
	case d.use.Err != nil:
		return ui.Card("use", "Use over time", choice, shell.Failure("The use could not be loaded", d.use.Err, true, d.use.Running, d.readUse))
	default:
		return ui.Card("use", "Use over time", choice, app.Div().Class("card-body").Body(ui.Waiting(d.use.Slow)))
	}
	u := &d.use.Value
	label := "Show as a table"
	if d.tabular {
		label = "Show as a chart"
	}
	foot := app.Div().Class("card-foot", "row").Body(
		app.Span().Class("hint").Body(ui.Prose(mostRefused(u.Totals)+bucketed(u.Interval, now)+" Figures may lag by some minutes.")...),
		&ui.Button{ID: "use-turn", Label: label, Look: ui.Quiet, Small: true, OnClick: d.turnTable},
	)
	stale := ui.Slot(shell.Stale(&d.use, "The figures may be out of date.", d.readUse))
	if d.tabular {
		return ui.Card("use", "Use over time", choice, stale, useTable(u.Usage, u.period, now), foot)
	}
	sums := split(u.Totals)
	bars := ui.Bars{
		Name: fmt.Sprintf("Verifications in the %s by outcome: %s valid, %s refused over a limit, %s refused for other reasons.",
			periodNames[u.period], ui.Count(sums[0]), ui.Count(sums[1]), ui.Count(sums[2])),
		Series: outcomes, Mark: func(i int) string { return bucketName(u.Buckets[i].Start, u.Interval) },
	}
	for _, b := range u.Buckets {
		bars.Bars = append(bars.Bars, ui.Bar{Values: split(b.UseCounts)})
	}
	body := app.Div().Class("card-body", "stack").Aria("busy", d.use.Running).Body(bars.UI())
	if u.Totals.Total == 0 {
		body = app.Div().Class("card-body", "stack").Aria("busy", d.use.Running).Body(bars.UI(), app.P().Class("hint").Text("Not verified in the "+periodNames[u.period]+"."))
	}
	return ui.Card("use", "Use over time", choice, stale, body, foot)
}

// bucketName returns the hour, in the reader's time zone, or the day, in UTC.
func bucketName(start time.Time, interval api.Interval) string {
	if interval == api.ByDay {
		return start.UTC().Format("2 Jan")
	}
	return start.Local().Format("15:04")
}

// bucketed says in which time zone the hours or days of the chart are.
func bucketed(interval api.Interval, now time.Time) string {
	if interval == api.ByDay {
		return "Days are in UTC."
	}
	return "Hours are in " + ui.Zone(now) + "."
}

// mostRefused names the two most frequent refusal codes. It returns "" if nothing was refused.
func mostRefused(c api.UseCounts) string {
	var codes []api.Code
	for code, n := range c.Codes {
		if code != api.CodeValid && n > 0 {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, func(a, b api.Code) int { return cmp.Or(c.Codes[b]-c.Codes[a], cmp.Compare(a, b)) })
	if len(codes) == 0 {
		return ""
	}
	var words []string
	for _, code := range codes[:min(2, len(codes))] {
		words = append(words, fmt.Sprintf("`%s` %s", code, ui.Count(c.Codes[code])))
	}
	return "Most refused: " + strings.Join(words, " · ") + ". "
}

// useTable draws the chart's figures as a table, the latest first.
func useTable(u api.Usage, period string, now time.Time) app.UI {
	head := "Day (UTC)"
	if u.Interval != api.ByDay {
		head = "Hour (" + ui.Zone(now) + ")"
	}
	columns := []ui.Column{{Head: head}}
	for _, o := range outcomes {
		columns = append(columns, ui.Column{Head: o, Number: true})
	}
	rows := make([]ui.Row, len(u.Buckets))
	for i, b := range u.Buckets {
		cells := [][]app.UI{{app.Span().Class("nowrap").Text(bucketName(b.Start, u.Interval))}}
		for _, n := range split(b.UseCounts) {
			cells = append(cells, []app.UI{app.Text(ui.Count(n))})
		}
		rows[len(rows)-1-i] = ui.Row{Cells: cells}
	}
	return ui.Table{Name: "Use in the " + periodNames[period], Columns: columns, Rows: rows, Dense: true}.UI()
}
