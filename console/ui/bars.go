package ui

import (
	"fmt"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Bars is a chart of stacked bars. Time runs from left to right and ends now. Series differ in order and
// texture as well as colour. A bar tells its figures while the pointer is over it, when it is touched, and
// to the arrow keys: the chart is one tab stop, a slider over its bars.
type Bars struct {
	app.Compo
	Name   string   // accessible name: what the chart shows, with the totals
	Unit   string   // what a bar is, such as "Day"
	Series []string // labels, from the bottom up; at most three, the second is striped
	Bars   []Bar    // 7, 24 or 30: CSS has a grid for each

	at      int  // the bar whose figures are shown, from 1; 0 for none
	focused bool // the slider has the focus
}

// Bar is one bar of the chart, with a value for each series.
type Bar struct {
	Label  string    // under the bar; empty for none
	Spare  bool      // the label is hidden on phones
	Title  string    // over its figures
	Start  time.Time // under its figures too, in UTC
	Values []int
	Note   string // under its figures
}

// Sizes in units of the viewBox; the chart scales to the available width.
const (
	barsWidth  = 600
	barsHeight = 160
	barsSteps  = 4 // steps of the scale
)

// Render draws the chart and its legend.
func (b *Bars) Render() app.UI {
	top := scale(b.most())
	return app.Div().Class("stack").Body(
		app.Div().Class("chart").Body(
			app.Div().Class("chart-y").Aria("hidden", true).Body(b.scale(top)...),
			app.Div().Class("chart-plot").Body(
				app.Elem("svg").XMLNS(svg).DataSet("c", "bars").Attr("role", "img").Attr("aria-label", b.Name).
					Attr("viewBox", fmt.Sprintf("0 0 %d %d", barsWidth, barsHeight)).Attr("preserveAspectRatio", "none").Body(b.drawing(top)...),
				b.columns(),
			),
			app.Div().Class("chart-x").DataSet("n", len(b.Bars)).Aria("hidden", true).Body(b.labels()...),
		),
		b.legend(),
	)
}

// columns draws a column over each bar, which takes the pointer, and the figures of the shown one.
func (b *Bars) columns() app.UI {
	n := len(b.Bars)
	columns := make([]app.UI, n)
	for i := range columns {
		column := app.Span().Class("chart-col").DataSet("bar", i+1)
		if i >= n/2 {
			column.DataSet("side", "left")
		}
		if i+1 == b.at {
			column.DataSet("active", true).Body(b.tip(b.Bars[i]))
		}
		columns[i] = column
	}
	now := b.at
	if now < 1 || now > n {
		now = n
	}
	slider := app.Div().Class("chart-cols").DataSet("n", n).TabIndex(0).Attr("role", "slider").Aria("label", b.Unit).
		Aria("valuemin", 1).Aria("valuemax", n).Aria("valuenow", now)
	if n > 0 {
		slider.Aria("valuetext", b.inWords(b.Bars[now-1]))
	}
	return slider.OnKeyDown(b.key).OnFocus(b.focus).OnBlur(b.blur).OnClick(b.point).
		On("pointerover", b.point).On("pointerleave", b.leave).Body(columns...)
}

// tip draws the figures of a bar, the topmost series first.
func (b *Bars) tip(bar Bar) app.UI {
	lines := []app.UI{app.B().Text(bar.Title)}
	for i, label := range b.Series {
		lines = append(lines, app.Span().Body(swatch(i), app.Text(label), app.I().Text(Count(bar.Values[i]))))
	}
	return app.Span().Class("tip").Body(append(lines, app.Em().Body(app.Text(bar.Note), app.Br(), app.Text("From "+Exact(bar.Start))))...)
}

// inWords returns the figures of a bar as a sentence.
func (b *Bars) inWords(bar Bar) string {
	text := bar.Title + ": "
	for i, label := range b.Series {
		if i > 0 {
			text += ", "
		}
		text += label + " " + Count(bar.Values[i])
	}
	return text
}

func (b *Bars) focus(app.Context, app.Event) {
	b.focused = true
	if b.at == 0 {
		b.at = len(b.Bars)
	}
}

func (b *Bars) blur(app.Context, app.Event) { b.at, b.focused = 0, false }

func (b *Bars) key(_ app.Context, e app.Event) {
	n := len(b.Bars)
	at := b.at
	if at < 1 || at > n {
		at = n
	}
	switch e.Get("key").String() {
	case "ArrowLeft", "ArrowDown":
		at = max(1, at-1)
	case "ArrowRight", "ArrowUp":
		at = min(n, at+1)
	case "Home":
		at = 1
	case "End":
		at = n
	case "Escape":
		at = 0
	default:
		return
	}
	e.PreventDefault()
	b.at = at
}

// point shows the bar under the pointer or the finger.
func (b *Bars) point(_ app.Context, e app.Event) {
	if column := e.Get("target").Call("closest", ".chart-col"); column.Truthy() {
		b.at, _ = strconv.Atoi(column.Get("dataset").Get("bar").String())
	}
}

// leave hides the figures, except those that the keyboard or a finger has asked for.
func (b *Bars) leave(_ app.Context, e app.Event) {
	if !b.focused && e.Get("pointerType").String() == "mouse" {
		b.at = 0
	}
}

// most returns the total of the highest bar.
func (b *Bars) most() int {
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

// scales are the tops of the axis, times a power of ten. Tens and fives of them give four round steps.
var scales = []int{10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100}

// scale returns the least round number that holds the highest bar with some room above it, and divides
// into whole steps.
func scale(most int) int {
	if most <= 4 {
		return barsSteps
	}
	if most <= 7 {
		return 2 * barsSteps
	}
	for power := 1; ; power *= 10 {
		for _, n := range scales {
			if top := n * power; top%barsSteps == 0 && top*50 >= most*51 { // 2% of room
				return top
			}
		}
	}
}

func (b *Bars) scale(top int) []app.UI {
	labels := make([]app.UI, barsSteps+1)
	for i := range labels {
		labels[i] = app.Span().Text(short(top * (barsSteps - i) / barsSteps))
	}
	return labels
}

// short abbreviates a number: 12k.
func short(n int) string {
	switch {
	case n >= 1_000_000 && n%10_000 == 0:
		return strconv.FormatFloat(float64(n)/1_000_000, 'f', -1, 64) + "M"
	case n >= 1000 && n%10 == 0:
		return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) + "k"
	}
	return Count(n)
}

func (b *Bars) drawing(top int) []app.UI {
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

// labels returns a cell under each bar, which stays empty if the bar has no label.
func (b *Bars) labels() []app.UI {
	labels := make([]app.UI, len(b.Bars))
	for i, bar := range b.Bars {
		label := app.Span().Text(bar.Label)
		if bar.Spare {
			label.Class("opt")
		}
		labels[i] = label
	}
	return labels
}

func (b *Bars) legend() app.UI {
	items := make([]app.UI, len(b.Series))
	for i, label := range b.Series {
		sum := 0
		for _, bar := range b.Bars {
			sum += bar.Values[i]
		}
		items[i] = app.Li().Body(
			swatch(i),
			app.Text(label+" "), app.B().Text(Count(sum)))
	}
	return app.Ul().Class("legend-row").Body(items...)
}

// swatch draws the colour and the texture of a series.
func swatch(series int) app.UI {
	body := []app.UI{app.Elem("rect").XMLNS(svg).DataSet("s", strconv.Itoa(series+1)).Attr("width", "10").Attr("height", "10")}
	if series == 1 {
		for _, y := range []string{"2", "6"} {
			body = append(body, app.Elem("rect").XMLNS(svg).DataSet("s", "ground").Attr("width", "10").Attr("height", "2").Attr("y", y))
		}
	}
	return app.Elem("svg").XMLNS(svg).DataSet("c", "swatch").Attr("viewBox", "0 0 10 10").Aria("hidden", true).Body(body...)
}
