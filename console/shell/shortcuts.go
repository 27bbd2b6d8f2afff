package shell

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// goTo are the addresses of the shortcuts that begin with g.
var goTo = map[string]string{"o": "/", "k": "/keys", "a": "/applications", "x": "/arxes", "v": "/activity", "s": "/access"}

// KeyTo returns the key that leads to the page after G, or "".
func KeyTo(href string) string {
	for key, to := range goTo {
		if to == href {
			return strings.ToUpper(key)
		}
	}
	return ""
}

const (
	sheetDialog = "shortcuts"
	sheetClose  = "shortcuts-close"
)

// watchKeys handles the shortcuts. Single keys do nothing while a person types, in a menu or in a dialog, while
// the page shows something irretrievable, and if they are switched off.
func (s *Shell) watchKeys() {
	document := app.Window().Get("document")
	if !document.Truthy() {
		return
	}
	document.Call("addEventListener", "keydown", app.FuncOf(func(_ app.Value, args []app.Value) any { // never released: the shell lives as long as the program
		e := args[0]
		key, ctrl := e.Get("key").String(), e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()
		if s.guarded || !s.inside() || ui.First("dialog[open]").Truthy() || e.Get("altKey").Bool() {
			return nil
		}
		if ctrl {
			if strings.ToLower(key) == "k" {
				e.Call("preventDefault")
				s.ctx.Dispatch(func(app.Context) { s.openPalette() })
			}
			return nil
		}
		if e.Get("target").Call("closest", "input, select, textarea, [role=menu]").Truthy() || !ui.PlainShortcuts() {
			s.going = false
			return nil
		}
		if do := s.shortcut(key); do != nil {
			e.Call("preventDefault")
			s.ctx.Dispatch(func(app.Context) { do() })
		}
		return nil
	}))
}

// Keycap draws a key of the keyboard.
func Keycap(key string) app.UI { return app.Kbd().Class("keycap").Text(key) }

// inside reports whether somebody is signed in.
func (s *Shell) inside() bool { return s.Session.Me().Principal.ID != "" }

// shortcut returns what the key does, or nil.
func (s *Shell) shortcut(key string) func() {
	going := s.going
	s.going = false
	if href, ok := goTo[key]; going && ok {
		for _, l := range Open(s.Links, s.Session.Me()) {
			if l.Href == href {
				return func() { s.ctx.Navigate(href) }
			}
		}
		return nil
	}
	switch key {
	case "g":
		s.going = true
	case "c":
		if s.Session.Me().Can[string(api.CreateKey.Permission)] {
			return func() { s.ctx.Navigate("/keys/new") }
		}
	case "?":
		return s.showKeys
	}
	return nil
}

func (s *Shell) openPalette() {
	if !s.guarded {
		s.searching = true
	}
}

func (s *Shell) closePalette() { s.searching = false }

// showKeys opens the sheet of shortcuts.
func (s *Shell) showKeys() {
	s.sheet = true
	ui.OpenDialog(s.ctx, sheetDialog, sheetClose)
}

func (s *Shell) hideKeys() {
	ui.CloseDialog(sheetDialog)
	s.sheet = false
}

// overlays draws the palette and the sheet of shortcuts, where they are open.
func (s *Shell) overlays() []app.UI {
	var out []app.UI
	if s.searching && s.Palette != nil {
		out = append(out, s.Palette(Calls{Places: s.lastPlaces(), OnClose: s.closePalette, OnKeys: s.showKeys, OnOpen: s.ctx.Navigate, OnCopy: s.copyID}))
	}
	if s.sheet {
		out = append(out, s.keySheet())
	}
	return out
}

func (s *Shell) keySheet() app.UI {
	row := func(does string, keys ...string) app.UI {
		var caps []app.UI
		for _, key := range keys {
			if key == "then" {
				caps = append(caps, app.Span().Text("then"))
				continue
			}
			caps = append(caps, Keycap(key))
		}
		return app.Div().Body(app.Dt().Text(does), app.Dd().Body(caps...))
	}
	var pages []app.UI
	for _, l := range Open(s.Links, s.Session.Me()) {
		if key := KeyTo(l.Href); key != "" {
			pages = append(pages, row(l.Text, "G", "then", key))
		}
	}
	return ui.Dialog{
		ID: sheetDialog, Title: "Keyboard shortcuts", Lead: []app.UI{app.Text("Single keys do nothing while you type, and in dialogs.")},
		Body: []app.UI{
			app.Div().Class("sheet").Body(
				app.Section().Body(app.H3().Text("Everywhere"), app.Dl().Body(
					row("Search or jump to", "Ctrl", "K"), row("Create API key", "C"), row("Search this list", "/"), row("Select a range", "Shift", "click"), row("These shortcuts", "?"), row("Close", "Esc"))),
				app.Section().Body(app.H3().Text("Go to"), app.Dl().Body(pages...)),
			),
			&ui.Check{ID: "single-keys", Label: "Shortcuts of single keys", Switch: true, Checked: ui.PlainShortcuts(), OnChange: ui.SetPlainShortcuts},
		},
		Foot:     []app.UI{&ui.Button{ID: sheetClose, Label: "Close", Look: ui.Primary, OnClick: s.hideKeys}},
		OnCancel: s.hideKeys, OnSubmit: s.hideKeys,
	}.UI()
}
