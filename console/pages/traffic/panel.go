package traffic

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Used is how often keys were verified in a period. It may not be the chosen period any more.
type Used struct {
	api.UsageReport
	AccessKeys api.AccessKeysUse // only of an API key
	LastUsedAt *time.Time        // only of an API key
	Period     string
}

// Traffic reads how often keys were verified in a period that a person chooses, and draws it. The page that
// contains it calls Read.
type Traffic struct {
	Reading ui.Reading[Used]

	ctx     app.Context
	load    func(ctx context.Context, r api.UsageRange) (Used, error)
	period  string // as chosen
	tabular bool   // shown as a table
	order   string // of the busiest pairs, as chosen
}

// Read reads the figures. The context is the page's.
func (t *Traffic) Read(ctx app.Context, load func(context.Context, api.UsageRange) (Used, error)) {
	t.ctx, t.load, t.period = ctx, load, cmp.Or(t.period, Periods[0].Value)
	t.read()
}

func (t *Traffic) read() {
	period, load := t.period, t.load
	request := Range(period, time.Now())
	t.Reading.Start(t.ctx, func(ctx context.Context) (Used, error) {
		u, err := load(ctx, request)
		u.Period = period
		return u, err
	}, nil)
}

// Load returns the function that reads the usage of the tenant, of an application or of an Arx, with the
// busiest pairs.
func Load(c *client.Client, of api.UsageRequest) func(context.Context, api.UsageRange) (Used, error) {
	return func(ctx context.Context, r api.UsageRange) (Used, error) {
		of.UsageRange, of.Busiest = r, maxPairs
		report, err := client.Call(ctx, c, api.GetUsage, of)
		return Used{UsageReport: report}, err
	}
}

// maxPairs is the number of busiest pairs shown.
const maxPairs = 6

// Choice draws the choice of the period.
func (t *Traffic) Choice() app.UI {
	return &ui.Segments{Name: "Period", Options: Periods, Value: cmp.Or(t.period, Periods[0].Value), OnChoose: t.setPeriod}
}

func (t *Traffic) setPeriod(period string) {
	if period != t.period {
		t.period = period
		t.read()
	}
}

func (t *Traffic) turnTable() { t.tabular = !t.tabular }

// Card draws how often keys were verified over time, by outcome. The action is drawn in its header: the
// choice, unless the page draws it elsewhere.
func (t *Traffic) Card(title string, action app.UI, now time.Time) app.UI {
	if !t.Reading.Here && t.Reading.Err != nil {
		return ui.Card("use", title, action, shell.Failure("The use could not be loaded", t.Reading.Err, true, t.Reading.Running, t.read))
	}
	u := &t.Reading.Value
	if !t.Reading.Here { // the empty chart: what comes is as high
		u = &Used{Period: cmp.Or(t.period, Periods[0].Value)}
		for h := range 24 {
			u.Buckets = append(u.Buckets, api.UseBucket{Start: now.Add(time.Duration(h-23) * time.Hour).Truncate(time.Hour)})
		}
	}
	label := "Show as a table"
	if t.tabular {
		label = "Show as a chart"
	}
	said := mostRefused(u.Totals)
	if t.Reading.Here && u.Totals.Total == 0 {
		said = "Not verified in the " + In(u.Period) + ". "
	}
	foot := app.Div().Class("card-foot", "row").Body(
		app.Span().Class("hint").Body(ui.Prose(said+Note(u.Period, now))...),
		&ui.Button{ID: "use-turn", Label: label, Look: ui.Quiet, Small: true, OnClick: t.turnTable},
	)
	if t.tabular {
		return ui.Card("use", title, action, t.Stale(), Table(u.Usage, u.Period, now), foot)
	}
	chart := app.Div().Class("card-body", "stack").Aria("busy", t.Reading.Running).Body(Chart(u.Usage, u.Period, now))
	if !t.Reading.Here {
		return ui.Card("use", title, action, t.Stale(), chart.DataSet("ghost", true), foot.DataSet("ghost", true))
	}
	return ui.Card("use", title, action, t.Stale(), chart, foot)
}

// Waits reports whether the first figures are being loaded.
func (t *Traffic) Waits() bool { return !t.Reading.Here && t.Reading.Err == nil }

// Stale draws a notice if the figures could not be reloaded, or are not those of the chosen period.
func (t *Traffic) Stale() app.UI {
	text := "The figures may be out of date."
	if shown := t.Reading.Value.Period; shown != t.period {
		text = "These are still the figures of the " + In(shown) + "."
	}
	return ui.Slot(shell.Stale(&t.Reading, text, t.read))
}

// mostRefused names the two most frequent refusal codes. It returns "" if nothing was refused.
func mostRefused(c api.UseCounts) string {
	codes, _ := refusals(c)
	if len(codes) == 0 {
		return ""
	}
	var words []string
	for _, code := range codes[:min(2, len(codes))] {
		words = append(words, fmt.Sprintf("`%s` %s", code, ui.Count(c.Codes[code])))
	}
	return "Most refused: " + strings.Join(words, " · ") + ". "
}
