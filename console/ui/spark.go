package ui

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Spark draws the course of a figure over time. It is hidden from screen readers; a chart or a sentence next to
// it says the same. The tone is "bad" or empty.
func Spark(values []int, tone string) app.UI {
	top := 1
	for _, v := range values {
		top = max(top, v)
	}
	points := make([]string, len(values))
	for i, v := range values {
		x := float64(i) * 100 / float64(max(1, len(values)-1))
		points[i] = strconv.FormatFloat(x, 'f', 1, 64) + "," + strconv.FormatFloat(28-24*float64(v)/float64(top), 'f', 1, 64)
	}
	line := strings.Join(points, " ")
	shape := app.Elem("svg").XMLNS(svg).DataSet("c", "spark").Attr("viewBox", "0 0 100 32").Attr("preserveAspectRatio", "none").Aria("hidden", true)
	if tone != "" {
		shape.DataSet("tone", tone)
	}
	return shape.Body(
		app.Elem("polygon").XMLNS(svg).DataSet("s", "area").Attr("points", "0,32 "+line+" 100,32"),
		app.Elem("polyline").XMLNS(svg).DataSet("s", "line").Attr("points", line),
	)
}

// Share draws a value as a bar beside the greatest one, in the colour of a series of [Bars]. It is hidden from
// screen readers; show the figure next to it.
func Share(value, greatest int, series string) app.UI {
	return horizontal("hbar", 6, max(1, 100*value/max(1, greatest)), series)
}

// Progress draws how many of a number of things are done.
func Progress(done, of int) app.UI {
	return horizontal("progress", 4, 100*done/max(1, of), "now")
}

func horizontal(kind string, height, width int, series string) app.UI {
	bar := func(kind string, width int) app.UI {
		return app.Elem("rect").XMLNS(svg).DataSet("s", kind).Attr("width", width).Attr("height", height)
	}
	return app.Elem("svg").XMLNS(svg).DataSet("c", kind).Attr("viewBox", "0 0 100 "+strconv.Itoa(height)).Attr("preserveAspectRatio", "none").Aria("hidden", true).
		Body(bar("rest", 100), bar(series, width))
}
