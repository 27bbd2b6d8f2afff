package keys

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// choosing is a list to choose from.
type choosing[Item, Totals any] struct {
	ui.Reading[api.List[Item, Totals]]
	search string
	part   bool // the server has more than it listed: it has to search
}

// read reads the first page, of what is searched for where the server has to search. Then is called once
// there is an outcome.
func (c *choosing[Item, Totals]) read(ctx app.Context, list func(context.Context, api.Page) (api.List[Item, Totals], error), then func()) {
	page := api.Page{Limit: api.MaxPageItems}
	if c.part {
		page.Query = c.search
	}
	c.Start(ctx, func(ctx context.Context) (api.List[Item, Totals], error) { return list(ctx, page) }, func() {
		c.part = c.part || c.Value.NextCursor != nil
		then()
	})
}

// maxUnsearched is how many choices need no search.
const maxUnsearched = 8

// finds reports whether one of the texts holds what is searched for. A search that the server has
// done finds everything that it listed.
func (c *choosing[Item, Totals]) finds(texts ...string) bool {
	search := strings.ToLower(strings.TrimSpace(c.search))
	if c.part || search == "" {
		return true
	}
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), search) {
			return true
		}
	}
	return false
}

// offer is how a choice is drawn.
type offer struct {
	id, legend, searchName string
	total                  int      // how many there are to choose from
	cards                  []app.UI // of those that the search finds
	fault                  string
	none                   ui.Empty // where there are none at all
	unmatched              string   // where the search finds none: No Arx matches
	search                 func(text string)
	clear                  func()
	retry                  func()
}

// nothing reports whether there is nothing at all to choose from.
func (c *choosing[Item, Totals]) nothing(total int) bool {
	return c.Here && total == 0 && c.search == "" && !c.part
}

// content draws the choice: loading, failed, empty, or the cards with a search where they are many.
func (c *choosing[Item, Totals]) content(o offer) []app.UI {
	switch {
	case !c.Here && c.Err != nil:
		return []app.UI{shell.Failure("The list could not be loaded", c.Err, true, c.Running, o.retry)}
	case !c.Here:
		return []app.UI{waiting(c.Slow)}
	case c.nothing(o.total):
		o.none.Plain = true
		return []app.UI{o.none.UI()}
	}
	group := ui.Choices{ID: o.id, Legend: o.legend, Hidden: true, Cols: 1, Error: o.fault, Cards: o.cards}
	var empty []app.UI
	if len(o.cards) == 0 && c.search != "" {
		group.Error = "" // there is nothing to choose from
		empty = append(empty, ui.Empty{
			ID: o.id + "-none", Plain: true, Title: o.unmatched + " “" + strings.TrimSpace(c.search) + "”", Text: "Search for a part of a name or a description.",
			Actions: []app.UI{&ui.Button{Label: "Clear search", OnClick: o.clear}},
		}.UI())
	}
	if o.total > maxUnsearched || c.part || c.search != "" {
		group.Before = []app.UI{&ui.Search{ID: o.id + "-search", Name: o.searchName, Placeholder: o.searchName, Value: c.search, Redact: listing.Redact, OnSearch: o.search}, ui.Slot(empty...)}
	}
	return []app.UI{app.Div().Class("card-body", "form").Body(group.UI())}
}

// waiting keeps the room of the cards and, once it takes long, shows their bones.
func waiting(slow bool) app.UI {
	body := app.Div().Class("card-body", "form", "pause").Aria("busy", true)
	if !slow {
		return body
	}
	cards := make([]app.UI, 4)
	for i := range cards {
		cards[i] = app.Div().Class("choice").Body(app.Span().Class("choice-body").Body(
			app.Span().Class("sk").DataSet("w", "9"), app.Span().Class("sk").DataSet("w", "11")))
	}
	return body.Body(app.Div().Class("choices").DataSet("cols", "1").Body(cards...))
}
