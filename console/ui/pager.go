package ui

import (
	"cmp"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Pager leads through the pages of a list. Its callbacks are methods of the page.
type Pager struct {
	From       int    // the number of the first row, from 1; 0 where it is not known
	Rows       int    // how many rows are shown
	Total      int    // of all rows; 0 where it is not known
	Note       string // a sentence behind the numbers, or none
	OnPrevious func()
	OnNext     func()
	First      bool   // there is no page before
	Last       bool   // there is no page after
	Back       string // the label of the way back; "Previous page" where empty
	Next       string // the label of the way on; "Next page" where empty
}

// UI draws the pager.
func (p Pager) UI() app.UI {
	span := Count(p.From) + "–" + Count(p.From+p.Rows-1)
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
