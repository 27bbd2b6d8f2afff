package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// searchPause is how long a person has to stop typing before a search starts.
const searchPause = 250 * time.Millisecond

// maxSearch is the maximum length of a search, in characters.
const maxSearch = 150

// Search is a field that searches a list. It searches when typing pauses, and at once on Enter.
type Search struct {
	app.Compo
	ID          string
	Name        string // accessible name; empty means "Search"
	Placeholder string
	Value       string
	Slash       bool // the key / focuses it from anywhere on the page
	OnSearch    func(text string)

	// Redact returns the part of the text that may be searched for, and a notice if that is not all of it.
	// It keeps secrets out of addresses and logs, where searches appear. If it is nil, the field searches
	// for nothing.
	Redact func(text string) (safe string, notice *Toast)

	held   held
	slash  func() // stops listening for the key /
	turn   int    // counts inputs and searches, so that a pause searches only if nothing has followed
	typing bool   // the typed text was not searched for yet
}

// OnInit keeps the initial text.
func (s *Search) OnInit() { s.held.hold(s.Value) }

// OnUpdate shows the text if the page has changed it, but not while a person types.
func (s *Search) OnUpdate(app.Context) {
	if !s.typing {
		s.held.sync(s.ID, s.Value)
	}
}

// OnMount listens for the key /.
func (s *Search) OnMount(app.Context) {
	if s.Slash {
		s.slash = onSlash(s.ID)
	}
}

// OnDismount stops listening for the key /.
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

// onSlash focuses the field when a person who is not typing presses the key /. It returns a function
// that ends this.
func onSlash(id string) (stop func()) {
	document := app.Window().Get("document")
	if !document.Truthy() {
		return func() {}
	}
	listener := app.FuncOf(func(_ app.Value, args []app.Value) any {
		e := args[0]
		typing := e.Get("target").Call("closest", "input, select, textarea, [role=menu], dialog").Truthy()
		if e.Get("key").String() != "/" || typing || !PlainShortcuts() || e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() || First("dialog[open]").Truthy() {
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
			ctx.Emit(func() { s.ask(ctx, text) }) // Emit also redraws the page
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
