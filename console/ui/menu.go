package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Menu is the menu of a row or of a page, opened by a button. Arrow keys and letters move in it; Esc returns to the button.
type Menu struct {
	app.Compo
	ID      string // of the row
	Label   string // text of the button; three dots if it is empty
	Name    string // accessible name of the button, which begins with the label
	Actions []Action

	keys MenuMoves
	open string // ID of the row that it is open for: go-app keeps the component when rows move
	side string // "top" if there is no room below
}

const entryPixels = 44 // maximum height of an entry

// Render draws the button and, if it is open, the menu.
func (m *Menu) Render() app.UI {
	open := m.isOpen()
	button := app.Button().ID(m.id()).Type("button").
		Aria("haspopup", "menu").Aria("expanded", open).Aria("label", m.Name).
		OnClick(m.toggle).OnKeyDown(m.buttonKey)
	if m.Label == "" {
		button.Class("icon-btn").Body(Icon("dots"))
	} else {
		button.Class("btn", "btn-secondary").Body(app.Text(m.Label), Icon("chevron-down"))
	}
	if !open {
		return app.Div().Class("menu-wrap").Body(button)
	}
	var entries []app.UI
	for i, a := range m.Actions {
		if a.Ends && i > 0 {
			entries = append(entries, app.Hr().Attr("role", "separator"))
		}
		entries = append(entries, m.entry(i, a))
	}
	list := app.Div().ID(m.id()+"-menu").Class("menu").Attr("role", "menu").Aria("label", m.Name).TabIndex(-1).
		OnKeyDown(m.key).On("focusout", m.focusOut).Body(entries...)
	if m.side != "" {
		list.DataSet("side", m.side)
	}
	return app.Div().Class("menu-wrap").Body(button, list)
}

func (m *Menu) entry(i int, a Action) app.UI {
	entry := app.Button().Type("button").Attr("role", "menuitem").TabIndex(-1).DataSet("entry", i).OnClick(m.pick)
	if a.Ends {
		entry.DataSet("tone", "bad")
	}
	if a.Refuse == "" {
		return entry.Body(Icon(a.Icon), app.Span().Text(a.Label))
	}
	return entry.Aria("disabled", true).Body(Icon(a.Icon), app.Span().Body(app.Text(a.Label), app.Small().Text(a.Refuse)))
}

func (m *Menu) id() string   { return "menu-" + m.ID }
func (m *Menu) isOpen() bool { return m.open != "" && m.open == m.ID }

func (m *Menu) toggle(ctx app.Context, _ app.Event) {
	if m.isOpen() {
		m.close()
		return
	}
	m.show(ctx, 0)
}

func (m *Menu) buttonKey(ctx app.Context, e app.Event) {
	switch e.Get("key").String() {
	case "ArrowDown":
		e.PreventDefault()
		m.show(ctx, 0)
	case "ArrowUp":
		e.PreventDefault()
		m.show(ctx, len(m.Actions)-1)
	}
}

// show opens the menu with the focus on the entry.
func (m *Menu) show(ctx app.Context, entry int) {
	m.open, m.side = m.ID, ""
	if button := ByID(m.id()); button.Truthy() {
		box := button.Call("getBoundingClientRect")
		height := float64(entryPixels * (len(m.Actions) + 1))
		below := app.Window().Get("innerHeight").Float() - box.Get("bottom").Float()
		if below < height && box.Get("top").Float() > height {
			m.side = "top"
		}
	}
	ctx.Defer(func(app.Context) { m.focus(entry) })
}

func (m *Menu) focus(entry int) {
	if list := ByID(m.id() + "-menu"); list.Truthy() {
		FocusElement(list.Call("querySelectorAll", "[role=menuitem]").Index(entry))
	}
}

// close moves the focus to the button, so that a dialog that opens next returns it there.
func (m *Menu) close() {
	FocusElement(ByID(m.id()))
	m.open = ""
}

func (m *Menu) key(_ app.Context, e app.Event) {
	switch key := e.Get("key").String(); {
	case key == "Escape":
		e.PreventDefault()
		m.close()
	case key == "Tab":
		m.open = ""
	case m.keys.Move("#"+m.id()+"-menu [role=menuitem]", e):
		e.PreventDefault()
	}
}

// focusOut closes the menu when it loses the focus.
func (m *Menu) focusOut(ctx app.Context, e app.Event) {
	to := e.Get("relatedTarget")
	if to.Truthy() && (ctx.JSSrc().Call("contains", to).Bool() || to.Equal(ByID(m.id()))) {
		return
	}
	m.open = ""
}

func (m *Menu) pick(ctx app.Context, _ app.Event) {
	entry := ctx.JSSrc().Get("dataset").Get("entry").String()
	for i, a := range m.Actions {
		if entry == string(rune('0'+i)) && a.Refuse == "" {
			m.close()
			a.Do()
			return
		}
	}
}
