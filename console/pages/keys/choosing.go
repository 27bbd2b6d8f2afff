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
	search  string
	part    bool // the server has more than it listed: it has to search
	scanned int  // how many records the server has looked at for this search, where it stopped for that
}

// lists reads a page of a list.
type lists[Item, Totals any] func(context.Context, api.Page) (api.List[Item, Totals], error)

// read reads the first page, of what is searched for where the server has to search. Then is called once
// there is an outcome.
func (c *choosing[Item, Totals]) read(ctx app.Context, list lists[Item, Totals], then func()) {
	c.Start(ctx, c.first(list), c.came(0, then))
}

// find searches for the text, among what is listed or, where that is not all, on the server, once a read that
// is running has ended.
func (c *choosing[Item, Totals]) find(ctx app.Context, text string, list lists[Item, Totals], then func()) {
	text = strings.TrimSpace(text)
	same := text == c.search
	if c.search = text; c.part && !same {
		c.Queue(ctx, c.first(list), c.came(0, then))
	}
}

// further reads the next page, and adds it to what is listed.
func (c *choosing[Item, Totals]) further(ctx app.Context, list lists[Item, Totals], then func()) {
	if c.Running || c.Value.NextCursor == nil {
		return
	}
	before, page := c.Value.Items, c.page()
	page.Cursor = *c.Value.NextCursor
	c.Start(ctx, func(ctx context.Context) (api.List[Item, Totals], error) {
		answer, err := list(ctx, page)
		answer.Items = append(before[:len(before):len(before)], answer.Items...)
		return answer, err
	}, c.came(c.scanned, then))
}

func (c *choosing[Item, Totals]) page() api.Page {
	page := api.Page{Limit: api.MaxPageItems}
	if c.part {
		page.Query = c.search
	}
	return page
}

func (c *choosing[Item, Totals]) first(list lists[Item, Totals]) func(context.Context) (api.List[Item, Totals], error) {
	page := c.page()
	return func(ctx context.Context) (api.List[Item, Totals], error) { return list(ctx, page) }
}

// came takes what was read, after so many records that the server had looked at before.
func (c *choosing[Item, Totals]) came(scanned int, then func()) func() {
	return func() {
		if c.Err == nil {
			c.part = c.part || c.Value.NextCursor != nil
			c.scanned = scanned + c.Value.Scanned
		}
		then()
	}
}

// maxUnsearched is how many choices need no search.
const maxUnsearched = 8

// finds reports whether one of the texts holds what is searched for. A search that the server has
// done finds everything that it listed.
func (c *choosing[Item, Totals]) finds(texts ...string) bool {
	search := strings.ToLower(c.search)
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
	noun, plural           string
	total                  int      // how many there are to choose from
	cards                  []app.UI // of those that the search finds
	fault                  string
	none                   ui.Empty // where there are none at all
	unmatched              string   // where the search finds none: No Arx matches
	search                 func(text string)
	clear                  func()
	further                func()
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
		none := ui.Empty{
			ID: o.id + "-none", Plain: true, Title: o.unmatched + " “" + c.search + "”", Text: "Search for a part of a name or a description.",
			Actions: []app.UI{&ui.Button{Label: "Clear search", OnClick: o.clear}},
		}
		if c.Value.NextCursor != nil {
			none.Title += " so far"
		}
		empty = append(empty, none.UI())
	}
	if o.total > maxUnsearched || c.part || c.search != "" {
		group.Before = []app.UI{&ui.Search{ID: o.id + "-search", Name: o.searchName, Placeholder: o.searchName, Value: c.search, Redact: listing.Redact, OnSearch: o.search}, ui.Slot(empty...)}
	}
	return []app.UI{app.Div().Class("card-body", "form").Body(group.UI(), ui.Slot(c.rest(o)))}
}

// rest leads to what is not listed yet; nothing where all is.
func (c *choosing[Item, Totals]) rest(o offer) app.UI {
	if c.Value.NextCursor == nil {
		return nil
	}
	text, label := "There are more "+o.plural+".", "Show more"
	if c.search != "" {
		label = "Search further"
	}
	if c.scanned > 0 {
		text = ui.Counted(c.scanned, o.noun+" was", o.plural+" were") + " looked at, and there are more."
	}
	return app.Div().Class("row").Body(app.Span().Class("hint").Text(text), &ui.Button{ID: o.id + "-further", Label: label, Small: true, Busy: c.Running, OnClick: o.further})
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
