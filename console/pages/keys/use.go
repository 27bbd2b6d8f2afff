package keys

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/traffic"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// used is the use of a key in a period. It may not be the chosen period any more.
type used struct {
	api.KeyUsage
	period string
}

func (d *Detail) readUse() {
	period := d.period
	request := api.KeyUsageRequest{ID: d.id, UsageRange: traffic.Range(period, time.Now())}
	d.use.Start(d.ctx, func(ctx context.Context) (used, error) {
		u, err := client.Call(ctx, d.session.Client(), api.GetKeyUsage, request)
		return used{u, period}, err
	}, nil)
}

func (d *Detail) setPeriod(period string) {
	if period != d.period {
		d.period = period
		d.readUse()
	}
}

func (d *Detail) turnTable() { d.tabular = !d.tabular }

// useCard draws how often the key was verified over time, by outcome. For a key that never was, it shows how.
func (d *Detail) useCard(now time.Time) app.UI {
	choice := &ui.Segments{Name: "Period", Options: traffic.Periods, Value: d.period, OnChoose: d.setPeriod}
	switch {
	case d.use.Here:
	case d.use.Err != nil:
		return ui.Card("use", "Use over time", choice, shell.Failure("The use could not be loaded", d.use.Err, true, d.use.Running, d.readUse))
	default:
		return ui.Card("use", "Use over time", choice, app.Div().Class("card-body").Body(ui.Waiting(d.use.Slow)))
	}
	u := &d.use.Value
	stale := ui.Slot(shell.Stale(&d.use, "The figures may be out of date.", d.readUse))
	if u.LastUsedAt == nil && u.Totals.Total == 0 {
		return ui.Card("use", "Use over time", nil, stale, d.firstUse())
	}
	label := "Show as a table"
	if d.tabular {
		label = "Show as a chart"
	}
	foot := app.Div().Class("card-foot", "row").Body(
		app.Span().Class("hint").Body(ui.Prose(mostRefused(u.Totals)+traffic.Note(u.period, now))...),
		&ui.Button{ID: "use-turn", Label: label, Look: ui.Quiet, Small: true, OnClick: d.turnTable},
	)
	if d.tabular {
		return ui.Card("use", "Use over time", choice, stale, traffic.Table(u.Usage, u.period, now), foot)
	}
	body := []app.UI{traffic.Chart(u.Usage, u.period, now)}
	if u.Totals.Total == 0 {
		body = append(body, app.P().Class("hint").Text("Not verified in the "+traffic.In(u.period)+"."))
	}
	return ui.Card("use", "Use over time", choice, stale, app.Div().Class("card-body", "stack").Aria("busy", d.use.Running).Body(body...), foot)
}

// firstUse draws that a key was never used. The card with its code is below.
func (d *Detail) firstUse() app.UI {
	k := &d.key.Value
	if k.Status != api.KeyActive {
		return app.P().Class("card-body", "hint").Text("Never used.")
	}
	body := []app.UI{app.P().Text("Never used so far. Try it with the code below; the access key was shown when it was created.")}
	if k.StoppedBy != nil {
		body = append(body, app.P().Class("hint").Text("It is refused until it is not stopped any more."))
	}
	return app.Div().Class("card-body", "stack").Body(body...)
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
