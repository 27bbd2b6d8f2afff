package ui

import (
	"slices"
	"strings"
	"unicode"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// TokenField takes several words. Enter, a comma, a space or leaving the field ends a word; Backspace in
// the empty field makes the last word editable again.
type TokenField struct {
	app.Compo
	ID          string
	Label       string
	Note        string
	Hint        string
	Error       string
	Warning     string // beside the hint; the tokens are allowed
	Tokens      []string
	Typed       string // typed text that is not a token yet
	Placeholder string
	Refuse      func(token string) string // returns why the word is not allowed, or ""
	OnChange    func(tokens []string, typed string)
	OnLeave     func()

	held  held
	fault string // why the typed text is not allowed
}

// OnInit keeps the initial text.
func (f *TokenField) OnInit() { f.held.hold(f.Typed) }

// OnUpdate shows the text if the page has changed it.
func (f *TokenField) OnUpdate(app.Context) { f.held.sync(f.ID, f.Typed) }

// Render draws the field.
func (f *TokenField) Render() app.UI {
	fault := f.fault
	if fault == "" {
		fault = f.Error
	}
	var tokens []app.UI
	for _, token := range f.Tokens {
		tokens = append(tokens, app.Span().Class("token").Body(app.Text(token),
			app.Button().Type("button").Aria("label", "Remove "+token).DataSet("token", token).OnClick(f.remove).Body(Icon("x"))))
	}
	placeholder := f.Placeholder
	if len(f.Tokens) > 0 {
		placeholder = ""
	}
	input := app.Input().ID(f.ID).Type("text").Placeholder(placeholder).
		Attr("value", f.held.first).Attr("autocomplete", "off").Attr("autocapitalize", "none").Attr("spellcheck", false).
		Attr("aria-invalid", fault != "").Attr("aria-describedby", described(f.ID, f.Note, f.Hint, fault)).
		OnInput(f.input).OnKeyDown(f.key).OnBlur(f.leave)
	box := app.Div().Class("token-field")
	if fault != "" {
		box.DataSet("invalid", true)
	}
	return app.Div().Class("field").Body(
		label(f.ID, f.Label, f.Note),
		box.Body(Slot(tokens...), input),
		message(f.ID, f.Hint, fault),
		Slot(warning(f.ID, f.Warning)),
	)
}

// warning draws a consequence of allowed input.
func warning(id, text string) app.UI {
	if text == "" {
		return nil
	}
	return app.P().ID(id+"-warning").Class("hint", "warns").Attr("role", "status").Body(Icon("warning"), app.Span().Body(Prose(text)...))
}

// input handles typed and pasted text: every word that a separator ends becomes a token.
func (f *TokenField) input(ctx app.Context, _ app.Event) {
	f.fault = ""
	words := strings.FieldsFunc(ctx.JSSrc().Get("value").String()+"\x00", isSeparator)
	rest := strings.TrimSuffix(words[len(words)-1], "\x00")
	f.take(words[:len(words)-1], rest)
}

func (f *TokenField) key(_ app.Context, e app.Event) {
	switch e.Get("key").String() {
	case "Enter":
		if f.Typed != "" {
			e.PreventDefault() // this Enter ends the word; the next one submits the form
			f.take([]string{f.Typed}, "")
		}
	case "Backspace":
		if f.Typed == "" && len(f.Tokens) > 0 {
			f.change(f.Tokens[:len(f.Tokens)-1], "")
		}
	}
}

func (f *TokenField) leave(app.Context, app.Event) {
	if f.Typed != "" {
		f.take([]string{f.Typed}, "")
	}
	if f.OnLeave != nil {
		f.OnLeave()
	}
}

func (f *TokenField) remove(ctx app.Context, _ app.Event) {
	token := ctx.JSSrc().Get("dataset").Get("token").String()
	f.change(slices.DeleteFunc(slices.Clone(f.Tokens), func(t string) bool { return t == token }), f.Typed)
	Focus(ctx, f.ID)
}

// take turns the words into tokens. If one is refused, it stays in the field with those after it.
func (f *TokenField) take(words []string, rest string) {
	tokens, typed := slices.Clone(f.Tokens), []string{}
	for i, word := range words {
		if f.fault = f.Refuse(word); f.fault != "" {
			typed = slices.Clone(words[i:])
			break
		}
		if !slices.Contains(tokens, word) {
			tokens = append(tokens, word)
		}
	}
	if rest != "" {
		typed = append(typed, rest)
	}
	f.change(tokens, strings.Join(typed, " "))
}

func (f *TokenField) change(tokens []string, typed string) {
	f.Tokens, f.Typed = tokens, typed // the next key may come before the page is redrawn
	f.OnChange(tokens, typed)
}

func isSeparator(r rune) bool { return r == ',' || unicode.IsSpace(r) }
