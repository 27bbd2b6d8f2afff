package shell

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// account shows who is signed in; its menu signs out.
type account struct {
	app.Compo
	Me        api.Me
	Ends      time.Time // end of the session, or zero if unknown
	OnSignOut func()
	OnKeys    func() // shows the keyboard shortcuts
	open      bool
	moves     ui.MenuMoves
}

const (
	accountButton = "account"
	accountItem   = "account-reference" // the first entry
)

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
		app.If(a.open, app.Div().Class("menu").DataSet("side", "top").OnKeyDown(a.key).On("focusout", a.close).Body(
			app.Div().Class("menu-who").Aria("hidden", true).Body( // for narrow screens, where the button shows no name; its accessible name has it
				app.B().Text(a.Me.Principal.Name)),
			a.facts(),
			app.Div().Attr("role", "menu").Aria("label", "Account").Attr("aria-describedby", "account-facts").Body(
				app.A().ID(accountItem).Href(ReferencePath).Target("_blank").Rel("noopener").Attr("role", "menuitem").TabIndex(-1).OnClick(leaveConsole).
					Body(ui.Icon("book"), app.Text("API reference"), app.Span().Class("sr").Text(", in a new tab")),
				app.Button().Type("button").Attr("role", "menuitem").TabIndex(-1).OnClick(a.keys).
					Body(ui.Icon("keyboard"), app.Text("Keyboard shortcuts")),
				app.Button().Type("button").Attr("role", "menuitem").TabIndex(-1).OnClick(a.signOut).
					Body(ui.Icon("sign-out"), app.Text("Sign out")),
			),
			app.Div().Class("only-phone").Body(&ui.Theme{}),
		)),
	)
}

// ReferencePath is the address of the API reference. It is a page of its own, with which the console shares nothing.
const ReferencePath = "/reference/"

// GuidesPath is the address of the documents, which the reference's page has before the operations.
const GuidesPath = ReferencePath + "#/section/protect-your-api"

// leaveConsole lets the browser follow a link to a page outside the program; go-app would look for it among the
// console's own.
func leaveConsole(_ app.Context, e app.Event) { e.Call("stopPropagation") }

// facts draws who is signed in, for how long, and the version of the console.
func (a *account) facts() app.UI {
	row := func(term, text string) app.UI {
		return app.Div().Body(app.Dt().Text(term), app.Dd().Body(ui.Timed(text)...))
	}
	rows := []app.UI{row("Role", ui.Sentence(string(a.Me.Role))), row("Tenant", a.Me.Tenant)}
	if now := time.Now(); !a.Ends.IsZero() {
		rows = append(rows, row("Session ends", ui.InText(a.Ends, ending(a.Ends, now))))
	}
	if v := version(); v != "" {
		rows = append(rows, row("Version", v))
	}
	return app.Dl().ID("account-facts").Class("menu-facts").Body(rows...)
}

// ending formats a time of the next 24 hours: at 13:58, or tomorrow at 13:58.
func ending(t, now time.Time) string {
	at := "at " + t.In(now.Location()).Format("15:04")
	if ui.Day(t, now) != ui.Day(now, now) {
		return "tomorrow " + at
	}
	return at
}

// version returns the version of the program, which its file name contains.
func version() string {
	program := ui.ByID("program")
	if !program.Truthy() {
		return ""
	}
	parts := strings.Split(program.Call("getAttribute", "href").String(), ".")
	if len(parts) < 3 {
		return ""
	}
	return parts[len(parts)-2]
}

func (a *account) keys(app.Context, app.Event) {
	a.open = false
	a.OnKeys()
}

func (a *account) toggle(ctx app.Context, _ app.Event) {
	a.open = !a.open
	if a.open {
		ui.Focus(ctx, accountItem)
	}
}

// key opens the menu with the arrow keys, and closes it with Esc. Tab leaves it, which closes it, too.
func (a *account) key(ctx app.Context, e app.Event) {
	switch key := e.Get("key").String(); {
	case !a.open && (key == "ArrowDown" || key == "ArrowUp"):
		e.PreventDefault()
		a.open = true
		ui.Focus(ctx, accountItem)
	case a.open && key == "Escape":
		e.PreventDefault()
		a.open = false
		ui.FocusElement(ui.ByID(accountButton))
	case a.open && a.moves.Move(".account [role=menuitem]", e):
		e.PreventDefault()
	}
}

// close closes the menu when it loses the focus, except to its button or within: the button's click closes it, and
// would otherwise open it again.
func (a *account) close(_ app.Context, e app.Event) {
	if to := e.Get("relatedTarget"); to.Truthy() && to.Call("closest", ".account").Truthy() {
		return
	}
	a.open = false
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
