package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Pager leads through the pages of a list. Its callbacks are methods of the page.
type Pager struct {
	From, To   int // of the rows shown, from 1
	Total      int // of all rows; 0 where it is not known
	OnPrevious func()
	OnNext     func()
	First      bool // there is no page before
	ToFirst    bool // the page before is not known: the way back leads to the first
	Last       bool // there is no page after
}

// UI draws the pager.
func (p Pager) UI() app.UI {
	span := Count(p.From) + "–" + Count(p.To)
	if p.Total > 0 {
		span += " of " + Count(p.Total)
	}
	back := "Previous page"
	if p.ToFirst {
		back = "First page"
	}
	return app.Nav().Class("pager").Aria("label", "Pages").Body(
		app.Span().Text(span),
		app.Div().Class("actions").Body(
			&Button{Label: back, Icon: "chevron-left", Small: true, Disabled: p.First, OnClick: p.OnPrevious},
			&Button{Label: "Next page", IconEnd: "chevron-right", Small: true, Disabled: p.Last, OnClick: p.OnNext},
		),
	)
}
