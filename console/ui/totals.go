package ui

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Total is a figure with a label.
type Total struct {
	Label  string
	Status string // whose shape is drawn, or empty
	Filter string // of the list of what is counted, if it is not the status
	Count  int
	More   bool   // there are more than Count
	Later  bool   // not known yet
	Href   string // of the list of what is counted, or empty; see [TotalLinks]
	On     bool   // the list is shown
}

func (t Total) figure() string {
	if t.More {
		return Count(t.Count) + "+"
	}
	return Count(t.Count)
}

// TotalLinks draws figures side by side that lead to the lists of what they count. If they are not known yet,
// it draws placeholders.
func TotalLinks(known bool, totals ...Total) app.UI {
	items := make([]app.UI, len(totals))
	for i, t := range totals {
		label := []app.UI{app.Text(t.Label)}
		if t.Status != "" {
			label = []app.UI{Glyph(t.Status), app.Text(t.Label)}
		}
		figure := app.UI(app.B().Text(t.figure()))
		if !known || t.Later {
			figure = bone("1").DataSet("h", "lg")
		}
		link := app.A().Href(t.Href).Body(app.Span().Body(label...), app.Text(" "), figure)
		if t.On {
			link.Aria("current", "true")
		}
		items[i] = app.Li().Body(link)
	}
	return app.Nav().Aria("label", "Totals").Body(app.Ul().Class("totals-nav").Attr("role", "list").Body(items...))
}

// Totals draws figures side by side. If they are not known yet, it draws placeholders.
func Totals(known bool, totals ...Total) app.UI {
	boxes := make([]app.UI, len(totals))
	for i, t := range totals {
		term := app.Dt()
		if t.Status != "" {
			term.Body(Glyph(t.Status), app.Text(t.Label))
		} else {
			term.Text(t.Label)
		}
		figure := app.Dd()
		if known && !t.Later {
			figure.Text(t.figure())
		} else {
			figure.Body(bone("3").DataSet("h", "lg"))
		}
		boxes[i] = app.Div().Body(term, figure)
	}
	return app.Dl().Class("totals").DataSet("n", len(totals)).Aria("label", "Totals").Body(boxes...)
}

// Count formats a number with separators: 12,480.
func Count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Listed joins the names, which are the first of so many: "A, B and 3 more".
func Listed(names []string, of int) string { return strings.Join(names, ", ") + Besides(of-len(names)) }

// Besides returns " and 3 more", or "" if there are no more.
func Besides(more int) string {
	if more <= 0 {
		return ""
	}
	return " and " + Count(more) + " more"
}

// CountPer formats how many there are in so many seconds: 1,200 per minute, 10 per 90 seconds.
func CountPer(n, seconds int) string {
	per := Count(seconds) + " seconds"
	switch seconds {
	case 1:
		per = "second"
	case 60:
		per = "minute"
	case 60 * 60:
		per = "hour"
	case 24 * 60 * 60:
		per = "day"
	}
	return Count(n) + " per " + per
}

// Counted formats a number with its noun: 1 key, 3 keys.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Meter draws a percentage as a bar. It is hidden from screen readers; show the figures next to it.
func Meter(share int) app.UI { return horizontal("meter", 8, share, "ok") }
