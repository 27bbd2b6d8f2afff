// Package traffic holds the chart of verifications over time, as the pages show it.
package traffic

import (
	"fmt"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Periods are the periods of the chart. The first is the default.
var Periods = []ui.Option{{Value: "24h", Label: "24 h"}, {Value: "7d", Label: "7 d"}, {Value: "30d", Label: "30 d"}}

// In returns the period for the middle of a sentence, such as "last 7 days".
func In(period string) string {
	switch period {
	case "7d":
		return "last 7 days"
	case "30d":
		return "last 30 days"
	}
	return "last 24 hours"
}

// days returns the number of bars, if they are days, and otherwise 0.
func days(period string) int {
	switch period {
	case "7d":
		return 7
	case "30d":
		return 30
	}
	return 0
}

// Range returns the range to request for the period, by hour: the API's days are those of UTC, and the
// chart's are those of now's time zone.
func Range(period string, now time.Time) api.UsageRange {
	n := days(period)
	if n == 0 {
		return api.UsageRange{}
	}
	return api.UsageRange{From: firstHour(midnight(now, 1-n)), Interval: api.ByHour}
}

func midnight(now time.Time, days int) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, now.Location())
}

// firstHour returns the start of the first hour of UTC that begins in the day. An hour belongs to the day
// in which it begins.
func firstHour(midnight time.Time) time.Time {
	return midnight.Add(time.Hour - 1).UTC().Truncate(time.Hour)
}

// bar is an hour or a day.
type bar struct {
	start time.Time
	api.UseCounts
}

// bars returns the hours of the usage or, if the period is shown by days, its days.
func bars(u api.Usage, period string, now time.Time) []bar {
	n := days(period)
	if n == 0 {
		hours := make([]bar, len(u.Buckets))
		for i, b := range u.Buckets {
			hours[i] = bar{b.Start, b.UseCounts}
		}
		return hours
	}
	out, index := make([]bar, n), map[string]int{}
	for i := range out {
		out[i].start, out[i].Codes = midnight(now, i+1-n), map[api.Code]int{}
		index[out[i].start.Format(time.DateOnly)] = i
	}
	for _, b := range u.Buckets {
		i, ok := index[b.Start.In(now.Location()).Format(time.DateOnly)]
		if !ok {
			continue
		}
		out[i].Total += b.Total
		for code, count := range b.Codes {
			out[i].Codes[code] += count
		}
	}
	return out
}

// outcomes are the series of the chart.
var outcomes = []string{"Valid", "Refused: over a limit", "Refused: other"}

// split returns the counts of the outcomes: valid, over a limit, other refusals.
func split(c api.UseCounts) []int {
	valid, limited := c.Codes[api.CodeValid], c.Codes[api.CodeRateLimited]+c.Codes[api.CodeUsageExhausted]
	return []int{valid, limited, c.Total - valid - limited}
}

// Chart draws the usage in the period as a chart.
func Chart(u api.Usage, period string, now time.Time) app.UI {
	sums := split(u.Totals)
	found := bars(u, period, now)
	chart := &ui.Bars{
		Name: fmt.Sprintf("Verifications in the %s by outcome: %s valid, %s refused over a limit, %s refused for other reasons.",
			In(period), ui.Count(sums[0]), ui.Count(sums[1]), ui.Count(sums[2])),
		Unit: "Hour", Series: outcomes, Bars: make([]ui.Bar, len(found)),
	}
	every := 3 // bars from one label to the next
	if n := days(period); n > 0 {
		chart.Unit, every = "Day", n/6 // every day of 7, every fifth of 30
	}
	for i, b := range found {
		v := split(b.UseCounts)
		chart.Bars[i] = ui.Bar{Title: b.title(period, now), Start: firstHour(b.start), Values: v, Note: refused(v)}
		if after := len(found) - 1 - i; after%every == 0 {
			chart.Bars[i].Label, chart.Bars[i].Spare = b.label(period, now), after/every%2 == 1
		}
	}
	return chart
}

// label names the bar under the chart: 15:00, 25 Nov.
func (b bar) label(period string, now time.Time) string {
	if days(period) == 0 {
		return b.start.In(now.Location()).Format("15:04")
	}
	return b.start.Format("2 Jan")
}

// title names the bar: 28 Nov, 15:00–16:00 or Wednesday, 25 Nov.
func (b bar) title(period string, now time.Time) string {
	if days(period) == 0 {
		at := b.start.In(now.Location())
		return at.Format("2 Jan, 15:04") + "–" + at.Add(time.Hour).Format("15:04")
	}
	return b.start.Format("Monday, 2 Jan")
}

// refused says which share was refused.
func refused(v []int) string {
	total := v[0] + v[1] + v[2]
	if total == 0 {
		return "Not verified"
	}
	return percent(v[1]+v[2], total) + " of " + ui.Count(total) + " refused"
}

// Note says what a reader has to know of the figures.
func Note(period string, now time.Time) string {
	text := "Figures may lag by some minutes."
	if first := firstHour(midnight(now, 0)).In(now.Location()); days(period) > 0 && first.Minute() != 0 {
		text += " They are kept by hours of UTC, so days begin at " + first.Format("15:04") + "."
	}
	return text
}

// Table draws the figures of the chart as a table, the latest first.
func Table(u api.Usage, period string, now time.Time) app.UI {
	head := "Day"
	if days(period) == 0 {
		head = "Hour"
	}
	columns := []ui.Column{{Head: head}}
	for _, o := range outcomes {
		columns = append(columns, ui.Column{Head: o, Number: true})
	}
	found := bars(u, period, now)
	rows := make([]ui.Row, len(found))
	for i, b := range found {
		cells := [][]app.UI{{ui.Timestamp(firstHour(b.start), b.title(period, now))}}
		for _, n := range split(b.UseCounts) {
			cells = append(cells, []app.UI{app.Text(ui.Count(n))})
		}
		rows[len(rows)-1-i] = ui.Row{Cells: cells}
	}
	return ui.Table{Name: "Use in the " + In(period), Columns: columns, Rows: rows, Dense: true}.UI()
}
