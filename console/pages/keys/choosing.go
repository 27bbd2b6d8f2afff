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
	part    bool // the first page was not everything, so the server has to search
	scanned int  // how many records the server has scanned for this search, if it stopped for that
}

// lists reads a page of a list.
type lists[Item, Totals any] func(context.Context, api.Page) (api.List[Item, Totals], error)

// read reads the first page, with the search if the server has to search. Then is called with the outcome.
func (c *choosing[Item, Totals]) read(ctx app.Context, list lists[Item, Totals], then func()) {
	c.Start(ctx, c.first(list), c.came(0, then))
}

// find searches for the text: in the items if they are complete, or else on the server when the running read has
// ended.
func (c *choosing[Item, Totals]) find(ctx app.Context, text string, list lists[Item, Totals], then func()) {
	text = strings.TrimSpace(text)
	same := text == c.search
	if c.search = text; c.part && !same {
		c.Queue(ctx, c.first(list), c.came(0, then))
	}
}

// further reads the next page and appends it to the items.
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

// came returns the function that handles an answer. Scanned is how many records earlier pages have scanned.
func (c *choosing[Item, Totals]) came(scanned int, then func()) func() {
	return func() {
		if c.Err == nil {
			c.part = c.part || c.Value.NextCursor != nil
			c.scanned = scanned + c.Value.Scanned
		}
		then()
	}
}

// maxUnsearched is the maximum number of choices without a search field.
const maxUnsearched = 8

// finds reports whether the search is the id, or one of the texts contains it. If the server searches, everything
// that it returns matches.
func (c *choosing[Item, Totals]) finds(id string, texts ...string) bool {
	search := strings.ToLower(c.search)
	if c.part || search == "" || c.search == id {
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
	total                  int      // number of choices
	cards                  []app.UI // of the choices that match the search
	fault                  string
	hint                   string
	none                   ui.Empty // shown if there are no choices
	unmatched              string   // title if the search matches nothing: No Arx matches
	search                 func(text string)
	clear                  func()
	further                func()
	retry                  func()
}

// add puts a record that was just created before the others. A list that was read after a lost answer has it already.
func (c *choosing[Item, Totals]) add(item Item, same func(Item) bool) {
	items := []Item{item}
	for _, other := range c.Value.Items {
		if !same(other) {
			items = append(items, other)
		}
	}
	c.Value.Items = items
}

// lone returns the only item that may be chosen, or nil if there is none or a choice, or if the items are not
// complete.
func (c *choosing[Item, Totals]) lone(open func(Item) bool) *Item {
	if !c.Here || c.part || c.search != "" || c.Value.NextCursor != nil {
		return nil
	}
	var lone *Item
	for i, item := range c.Value.Items {
		if !open(item) {
			continue
		}
		if lone != nil {
			return nil
		}
		lone = &c.Value.Items[i]
	}
	return lone
}

// nothing reports whether there are no choices at all.
func (c *choosing[Item, Totals]) nothing(total int) bool {
	return c.Here && total == 0 && c.search == "" && !c.part
}

// content draws the choice: loading, failed, empty, or the cards, with a search field if there are many.
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
	group := ui.Choices{ID: o.id, Legend: o.legend, Hidden: true, Cols: 1, Error: o.fault, Hint: o.hint, Cards: o.cards}
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

// rest draws the button that loads more choices, or nothing if all are loaded.
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

// waiting reserves the space of the cards, and draws a skeleton if loading is slow.
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
