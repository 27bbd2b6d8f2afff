package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Choice is a card that can be chosen: a radio button or, with Many, a check box. Its accessible name is
// its title; the rest is its description.
type Choice struct {
	app.Compo
	Group    string // name shared by all cards of the group
	Value    string // unique in the group
	Title    string
	Code     bool   // draws the title as code
	Tag      string // short code beside the title
	Badge    string // beside the title
	Note     string // below the title
	End      string // text at the end of the card; may have several lines
	Many     bool
	Chosen   bool
	Disabled bool // the Note says why
	OnChoose func(chosen bool)

	drawn string // id of its input when it was drawn last
}

func (c *Choice) id() string { return c.Group + "-" + c.Value }

// OnMount notes which input is the card's.
func (c *Choice) OnMount(app.Context) { c.drawn = c.id() }

// OnUpdate shows whether the card is chosen if its input was that of another card before. go-app draws another group
// with the inputs of this one, and browsers take the choice off a group that a chosen radio button joins. Otherwise it
// changes nothing: a person may just have chosen the card, and the page not know it yet.
func (c *Choice) OnUpdate(ctx app.Context) {
	if c.drawn == c.id() {
		return
	}
	c.drawn = c.id()
	ctx.Defer(func(app.Context) {
		if input := ByID(c.id()); input.Truthy() && input.Get("checked").Bool() != c.Chosen {
			input.Set("checked", c.Chosen)
		}
	})
}

// Render draws the card.
func (c *Choice) Render() app.UI {
	id := c.id()
	kind := "radio"
	if c.Many {
		kind = "checkbox"
	}
	input := app.Input().Type(kind).ID(id).Name(c.Group).Value(c.Value).Checked(c.Chosen).Disabled(c.Disabled).
		Aria("labelledby", id+"-title").OnChange(c.change)
	title := []app.UI{app.Span().ID(id + "-title").Text(c.Title)}
	if c.Code {
		title = []app.UI{app.Code().ID(id + "-title").Body(Whole(c.Title)...)}
	}
	if c.Tag != "" {
		title = append(title, Tag(c.Tag))
	}
	if c.Badge != "" {
		title = append(title, Badge("default", c.Badge))
	}
	body := []app.UI{app.B().Body(title...)}
	if c.Note != "" {
		input.Aria("describedby", id+"-note")
		body = append(body, app.Small().ID(id+"-note").Body(Whole(c.Note)...))
	}
	card := []app.UI{input, app.Span().Class("choice-body").Body(body...)}
	if c.End != "" {
		var end []app.UI
		for i, line := range strings.Split(c.End, "\n") {
			if i > 0 {
				end = append(end, app.Br())
			}
			end = append(end, app.Text(line))
		}
		card = append(card, app.Span().Class("choice-end").Body(end...))
	}
	return app.Label().Class("choice").Body(card...)
}

func (c *Choice) change(ctx app.Context, _ app.Event) {
	c.OnChoose(ctx.JSSrc().Get("checked").Bool())
}

// Choices is a group of cards.
type Choices struct {
	ID     string
	Legend string
	Note   string // beside the legend
	Hidden bool   // the legend is for screen readers only, because a heading above says the same
	Hint   string
	Error  string
	Cols   int // maximum number of cards side by side; 0 means as many as fit
	Many   bool
	Before []app.UI // between the legend and the cards
	Cards  []app.UI
}

// UI draws the group.
func (g Choices) UI() app.UI {
	legend := app.Legend().ID(g.ID + "-legend").Class("legend")
	if g.Hidden {
		legend = app.Legend().ID(g.ID + "-legend").Class("sr")
	}
	cards := app.Div().Class("choices")
	if g.Cols > 0 {
		cards.DataSet("cols", g.Cols)
	}
	role := "radiogroup"
	if g.Many {
		role = "group"
	}
	group := app.FieldSet().ID(g.ID).Class("form-group").Attr("role", role).
		Attr("aria-labelledby", g.ID+"-legend").Attr("aria-describedby", described(g.ID, g.Note, g.Hint, g.Error))
	if g.Error != "" && !g.Many {
		group.Attr("aria-invalid", true)
	} else if g.Error != "" {
		group.DataSet("invalid", true)
	}
	if g.Note != "" {
		legend.Body(app.Text(g.Legend+" "), app.Span().ID(g.ID+"-note").Class("optional").Text(g.Note))
	} else {
		legend.Text(g.Legend)
	}
	body := append([]app.UI{legend}, g.Before...)
	return group.Body(append(body, cards.Body(g.Cards...), message(g.ID, g.Hint, g.Error))...)
}
