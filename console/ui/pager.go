package ui

import (
	"cmp"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Pager moves through the pages of a list. Its callbacks are methods of the page.
type Pager struct {
	From       int    // number of the first row, from 1; 0 if unknown
	Rows       int    // number of rows shown
	Total      int    // number of all rows; 0 if unknown
	Note       string // a sentence after the numbers, or empty
	OnPrevious func()
	OnNext     func()
	First      bool   // there is no previous page
	Last       bool   // there is no next page
	Back       string // label of the button back; empty means "Previous page"
	Next       string // label of the button forward; empty means "Next page"
}

// UI draws the pager.
func (p Pager) UI() app.UI {
	span := Count(p.From)
	if p.Rows > 1 {
		span += "–" + Count(p.From+p.Rows-1)
	}
	if p.From == 0 {
		span = Count(p.Rows) + " on this page"
	}
	if p.Total > 0 {
		span += " of " + Count(p.Total)
	}
	if p.Note != "" {
		span += ". " + p.Note
	}
	return app.Nav().Class("pager").Aria("label", "Pages").Body(
		app.Span().Text(span),
		app.Div().Class("actions").Body(
			&Button{Label: cmp.Or(p.Back, "Previous page"), Icon: "chevron-left", Small: true, Disabled: p.First, OnClick: p.OnPrevious},
			&Button{Label: cmp.Or(p.Next, "Next page"), IconEnd: "chevron-right", Small: true, Disabled: p.Last, OnClick: p.OnNext},
		),
	)
}
