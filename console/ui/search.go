package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// searchPause is how long somebody stops typing before a search begins.
const searchPause = 250 * time.Millisecond

// maxSearch is how many characters a search may have.
const maxSearch = 150

// Search is a field that narrows a list. It asks once typing pauses, and at once on Enter.
// Redact keeps secrets out of it, because a search stands in addresses and in logs.
type Search struct {
	app.Compo
	ID          string
	Name        string // accessible name; "Search" where empty
	Placeholder string
	Value       string
	Slash       bool // the key / leads to it, from anywhere on the page
	OnSearch    func(text string)

	// Redact returns what of the text may be searched for, and a notice where that is not all of it.
	// Without it, nothing is searched for.
	Redact func(text string) (safe string, notice *Toast)

	held   held
	slash  func() // stops listening for the key
	turn   int    // counts what is typed and asked, so that a pause asks only if nothing came after it
	typing bool   // what is typed was not asked for yet
}

// OnInit keeps the first text.
func (s *Search) OnInit() { s.held.hold(s.Value) }

// OnUpdate shows a text that the page has changed, but not while somebody is typing.
func (s *Search) OnUpdate(app.Context) {
	if !s.typing {
		s.held.sync(s.ID, s.Value)
	}
}

// OnMount listens for the key.
func (s *Search) OnMount(app.Context) {
	if s.Slash {
		s.slash = onSlash(s.ID)
	}
}

// OnDismount stops listening.
func (s *Search) OnDismount() {
	if s.slash != nil {
		s.slash()
	}
}

// Render draws the field.
func (s *Search) Render() app.UI {
	name := s.Name
	if name == "" {
		name = "Search"
	}
	field := app.Div().Class("affix")
	var hint app.UI
	if s.Slash {
		hint = app.Kbd().Aria("hidden", true).Text("/")
	}
	return field.Body(
		Icon("search"),
		app.Input().ID(s.ID).Class("input").Type("search").Aria("label", name).Placeholder(s.Placeholder).
			Attr("value", s.held.first).MaxLength(maxSearch).Attr("autocomplete", "off").Attr("spellcheck", false).
			OnInput(s.input).OnKeyDown(s.key),
		hint,
	)
}

// onSlash moves the focus to the field when somebody who is not typing presses the key /, and
// returns what stops that.
func onSlash(id string) (stop func()) {
	document := app.Window().Get("document")
	if !document.Truthy() {
		return func() {}
	}
	listener := app.FuncOf(func(_ app.Value, args []app.Value) any {
		e := args[0]
		typing := e.Get("target").Call("closest", "input, select, textarea, [role=menu], dialog").Truthy()
		if e.Get("key").String() != "/" || typing || e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() || First("dialog[open]").Truthy() {
			return nil
		}
		e.Call("preventDefault")
		FocusElement(ByID(id))
		return nil
	})
	document.Call("addEventListener", "keydown", listener)
	return func() {
		document.Call("removeEventListener", "keydown", listener)
		listener.Release()
	}
}

func (s *Search) input(ctx app.Context, _ app.Event) {
	text := ctx.JSSrc().Get("value").String()
	s.turn++
	s.typing = true
	turn := s.turn
	ctx.After(searchPause, func(ctx app.Context) {
		if s.turn == turn {
			ctx.Emit(func() { s.ask(ctx, text) }) // draws the page too, as an event does
		}
	})
}

func (s *Search) key(ctx app.Context, e app.Event) {
	if e.Get("key").String() == "Enter" {
		e.PreventDefault()
		s.ask(ctx, ctx.JSSrc().Get("value").String())
	}
}

func (s *Search) ask(ctx app.Context, text string) {
	s.turn++
	s.typing = false
	if s.Redact == nil {
		return
	}
	text, notice := s.Redact(text)
	if notice != nil {
		s.held.sync(s.ID, text)
		Notify(ctx, *notice)
	}
	if text != s.Value {
		s.OnSearch(text)
	}
}
