package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Fact is a term and its value.
type Fact struct {
	Term  string
	Value []app.UI
}

// TextFact is a fact in words. Without a text it says that it is unset.
func TextFact(term, text, unset string) Fact {
	if text == "" {
		return Fact{Term: term, Value: []app.UI{app.Span().Class("unset").Text(unset)}}
	}
	return Fact{Term: term, Value: Breakable(text)}
}

// Facts lists terms, quiet, and values, in ink.
func Facts(facts ...Fact) app.UI {
	rows := make([]app.UI, len(facts))
	for i, f := range facts {
		rows[i] = app.Div().Body(app.Dt().Text(f.Term), app.Dd().Body(f.Value...))
	}
	return app.Dl().Class("dl").Body(rows...)
}

// Tokens shows words as the field shows them that takes them.
func Tokens(words []string) app.UI {
	tokens := make([]app.UI, len(words))
	for i, w := range words {
		tokens[i] = app.Span().Class("token").Body(parts(w)...)
	}
	return app.Span().Class("tokens").Body(tokens...)
}

// AddressFact is a fact whose value is the address of a machine, shown as code, or else what stands in its place.
func AddressFact(term, text, unset string) Fact {
	if text == "" {
		return TextFact(term, "", unset)
	}
	return Fact{Term: term, Value: []app.UI{app.Code().Body(parts(text)...)}}
}

// parts is the text, where it breaks after a dot or a slash rather than within a word.
func parts(text string) []app.UI {
	var body []app.UI
	from := 0
	for i := 1; i < len(text); i++ {
		if strings.ContainsRune("./", rune(text[i-1])) && text[i] != '/' {
			body = append(body, app.Text(text[from:i]), app.Wbr())
			from = i
		}
	}
	return append(body, app.Text(text[from:]))
}
