package ui

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Bars is a chart of stacked bars. Time runs from left to right and ends now. Series differ in order and
// texture as well as colour; screen readers get the name and the legend.
type Bars struct {
	Name   string   // accessible name: what the chart shows, with the totals
	Series []string // labels, from the bottom up; at most three, the second is striped
	Bars   []Bar
	Mark   func(i int) string // label below bar i
}

// Bar is one bar of the chart, with a value for each series.
type Bar struct{ Values []int }

// Sizes in units of the viewBox; the chart scales to the available width.
const (
	barsWidth  = 600
	barsHeight = 160
	barsMarks  = 6 // maximum number of labels below the chart
	barsSteps  = 4 // steps of the scale
)

// UI draws the chart and its legend.
func (b Bars) UI() app.UI {
	top := scale(b.most())
	return app.Div().Class("stack").Body(
		app.Div().Class("chart").Body(
			app.Div().Class("chart-y").Aria("hidden", true).Body(b.scale(top)...),
			app.Elem("svg").XMLNS(svg).DataSet("c", "bars").Attr("role", "img").Attr("aria-label", b.Name).
				Attr("viewBox", fmt.Sprintf("0 0 %d %d", barsWidth, barsHeight)).Attr("preserveAspectRatio", "none").Body(b.drawing(top)...),
			app.Div().Class("chart-x").Aria("hidden", true).Body(b.marks()...),
		),
		b.legend(),
	)
}

// most returns the total of the highest bar.
func (b Bars) most() int {
	most := 0
	for _, bar := range b.Bars {
		sum := 0
		for _, v := range bar.Values {
			sum += v
		}
		most = max(most, sum)
	}
	return most
}

// scale returns a round number, at least the highest bar, that divides into whole steps.
func scale(most int) int {
	for step := 1; ; step *= 10 {
		for _, n := range []int{1, 2, 5} {
			if top := n * step * barsSteps; top >= most {
				return top
			}
		}
	}
}

func (b Bars) scale(top int) []app.UI {
	labels := make([]app.UI, barsSteps+1)
	for i := range labels {
		labels[i] = app.Span().Text(short(top * (barsSteps - i) / barsSteps))
	}
	return labels
}

// short abbreviates a number: 12k.
func short(n int) string {
	switch {
	case n >= 1_000_000 && n%100_000 == 0:
		return strconv.FormatFloat(float64(n)/1_000_000, 'f', -1, 64) + "M"
	case n >= 1000 && n%100 == 0:
		return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) + "k"
	}
	return Count(n)
}

func (b Bars) drawing(top int) []app.UI {
	stripes := app.Elem("pattern").XMLNS(svg).Attr("id", "striped").Attr("width", "4").Attr("height", "4").Attr("patternUnits", "userSpaceOnUse").
		Body(app.Elem("rect").XMLNS(svg).DataSet("s", "ground").Attr("width", "4").Attr("height", "1.6"))
	body := []app.UI{app.Elem("defs").XMLNS(svg).Body(stripes)}
	for i := range barsSteps {
		body = append(body, line("grid", i*barsHeight/barsSteps))
	}
	slot := float64(barsWidth) / float64(max(1, len(b.Bars)))
	for i, bar := range b.Bars {
		x, y := float64(i)*slot+slot*.2, float64(barsHeight)
		for j, v := range bar.Values {
			if v == 0 {
				continue
			}
			height := max(1.5, float64(v)*barsHeight/float64(top)) // even the smallest value is visible
			y -= height
			body = append(body, rect(x, y, slot*.6, height).DataSet("s", strconv.Itoa(j+1)))
			if j == 1 {
				body = append(body, rect(x, y, slot*.6, height).Attr("fill", "url(#striped)"))
			}
		}
	}
	return append(body, line("base", barsHeight))
}

func line(kind string, y int) app.UI {
	at := strconv.Itoa(y)
	return app.Elem("line").XMLNS(svg).DataSet("s", kind).Attr("x1", "0").Attr("x2", strconv.Itoa(barsWidth)).Attr("y1", at).Attr("y2", at)
}

func rect(x, y, width, height float64) app.HTMLElem {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
	return app.Elem("rect").XMLNS(svg).Attr("x", number(x)).Attr("y", number(y)).Attr("width", number(width)).Attr("height", number(height))
}

// marks returns evenly spread labels; the last one is at the end.
func (b Bars) marks() []app.UI {
	n := min(barsMarks, len(b.Bars))
	var marks []app.UI
	for i := range n {
		at := len(b.Bars) - 1
		if n > 1 {
			at = i * (len(b.Bars) - 1) / (n - 1)
		}
		mark := app.Span().Text(b.Mark(at))
		if i%2 == 1 && i < n-1 {
			mark.Class("opt")
		}
		marks = append(marks, mark)
	}
	return marks
}

func (b Bars) legend() app.UI {
	items := make([]app.UI, len(b.Series))
	for i, label := range b.Series {
		sum := 0
		for _, bar := range b.Bars {
			sum += bar.Values[i]
		}
		swatch := []app.UI{app.Elem("rect").XMLNS(svg).DataSet("s", strconv.Itoa(i+1)).Attr("width", "10").Attr("height", "10")}
		if i == 1 {
			for _, y := range []string{"2", "6"} {
				swatch = append(swatch, app.Elem("rect").XMLNS(svg).DataSet("s", "ground").Attr("width", "10").Attr("height", "2").Attr("y", y))
			}
		}
		items[i] = app.Li().Body(
			app.Elem("svg").XMLNS(svg).DataSet("c", "swatch").Attr("viewBox", "0 0 10 10").Aria("hidden", true).Body(swatch...),
			app.Text(label+" "), app.B().Text(Count(sum)))
	}
	return app.Ul().Class("legend-row").Body(items...)
}
