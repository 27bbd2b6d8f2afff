package shell

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// account shows who is signed in; its menu opens the API reference, and signs out.
type account struct {
	app.Compo
	Me        api.Me
	OnSignOut func()
	open      bool
	at        int // the entry that has the focus
}

const accountButton = "account"

// accountItems are the ids of the entries.
var accountItems = [2]string{"account-reference", "account-sign-out"}

// Render draws the button and, where it is open, the menu.
func (a *account) Render() app.UI {
	return app.Div().Class("menu-wrap", "account").Body(
		app.Button().ID(accountButton).Class("who").Type("button").Aria("haspopup", "menu").Aria("expanded", a.open).
			OnClick(a.toggle).OnKeyDown(a.key).Body(
			app.Span().Class("avatar").Aria("hidden", "true").Text(initials(a.Me.Principal.Name)),
			app.Span().Body(
				app.B().Text(a.Me.Principal.Name),
				app.Small().Body(app.Text(ui.Sentence(string(a.Me.Role))), app.Span().Class("sr").Text(", account")),
			),
			ui.Icon("dots"),
		),
		app.If(a.open, app.Div().Class("menu").DataSet("side", "top").Attr("role", "menu").Aria("label", "Account").OnKeyDown(a.key).On("focusout", a.close).Body(
			app.Div().Class("menu-who").Aria("hidden", true).Body( // for narrow screens, where the button shows no name; its accessible name has it
				app.B().Text(a.Me.Principal.Name), app.Small().Text(ui.Sentence(string(a.Me.Role)))),
			app.Button().ID(accountItems[0]).Type("button").Attr("role", "menuitem").TabIndex(-1).OnClick(a.reference).
				Body(ui.Icon("external"), app.Text("API reference"), app.Span().Class("sr").Text(", in a new tab")),
			app.Button().ID(accountItems[1]).Type("button").Attr("role", "menuitem").TabIndex(-1).OnClick(a.signOut).
				Body(ui.Icon("sign-out"), app.Text("Sign out")),
		)),
	)
}

func (a *account) toggle(ctx app.Context, _ app.Event) {
	a.open = !a.open
	if a.open {
		a.focus(ctx, 0)
	}
}

func (a *account) focus(ctx app.Context, item int) {
	a.at = item
	ui.Focus(ctx, accountItems[item])
}

// key opens the menu with the arrow keys, moves in it, and closes it with Esc and Tab.
func (a *account) key(ctx app.Context, e app.Event) {
	switch key := e.Get("key").String(); {
	case !a.open && (key == "ArrowDown" || key == "ArrowUp"):
		e.PreventDefault()
		a.open = true
		a.focus(ctx, 0)
	case a.open && (key == "ArrowDown" || key == "ArrowUp"):
		e.PreventDefault()
		a.focus(ctx, 1-a.at)
	case a.open && key == "Escape":
		e.PreventDefault()
		a.open = false
		ui.FocusElement(ui.ByID(accountButton))
	case a.open && key == "Tab":
		a.open = false
	}
}

// close closes the menu when it loses the focus, except to another entry, and to its button: the button's click
// closes it, and would otherwise open it again.
func (a *account) close(_ app.Context, e app.Event) {
	to := e.Get("relatedTarget")
	for _, id := range append(accountItems[:], accountButton) {
		if to.Truthy() && to.Equal(ui.ByID(id)) {
			return
		}
	}
	a.open = false
}

// reference opens the API reference. It is a page of its own, with which the console shares nothing.
func (a *account) reference(app.Context, app.Event) {
	a.open = false
	app.Window().Call("open", "/reference/", "_blank", "noopener")
}

func (a *account) signOut(app.Context, app.Event) {
	a.open = false
	a.OnSignOut()
}

// initials returns the first letters of the first and the last word. Of an email address, only the part
// before the @ counts.
func initials(name string) string {
	name, _, _ = strings.Cut(name, "@")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "?"
	}
	letters := firstRune(words[0])
	if len(words) > 1 {
		letters += firstRune(words[len(words)-1])
	}
	return strings.ToUpper(letters)
}

func firstRune(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(r)
}
