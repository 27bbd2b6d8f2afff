package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// searchPause is how long somebody stops typing before a search begins.
const searchPause = 250 * time.Millisecond

// Search is a field that narrows a list. It asks once typing pauses, and at once on Enter.
type Search struct {
	app.Compo
	ID          string
	Name        string // accessible name; "Search" where empty
	Placeholder string
	Value       string
	OnSearch    func(text string)

	held  held
	typed int // counts what is typed, so that only the last pause asks
}

// OnInit keeps the first text.
func (s *Search) OnInit() { s.held.hold(s.Value) }

// OnUpdate shows a text that the page has changed, but not while somebody is typing.
func (s *Search) OnUpdate(app.Context) {
	if s.typed == 0 {
		s.held.sync(s.ID, s.Value)
	}
}

// Render draws the field.
func (s *Search) Render() app.UI {
	name := s.Name
	if name == "" {
		name = "Search"
	}
	return app.Div().Class("affix").Body(
		Icon("search"),
		app.Input().ID(s.ID).Class("input").Type("search").Aria("label", name).Placeholder(s.Placeholder).
			Attr("value", s.held.first).Attr("autocomplete", "off").Attr("spellcheck", false).
			OnInput(s.input).OnKeyDown(s.key),
	)
}

func (s *Search) input(ctx app.Context, _ app.Event) {
	text := ctx.JSSrc().Get("value").String()
	s.typed++
	turn := s.typed
	ctx.After(searchPause, func(ctx app.Context) {
		if s.typed == turn {
			ctx.Emit(func() { s.ask(text) }) // draws the page too, as an event does
		}
	})
}

func (s *Search) key(ctx app.Context, e app.Event) {
	if e.Get("key").String() == "Enter" {
		e.PreventDefault()
		s.ask(ctx.JSSrc().Get("value").String())
	}
}

func (s *Search) ask(text string) {
	s.typed = 0
	if text != s.Value {
		s.OnSearch(text)
	}
}
