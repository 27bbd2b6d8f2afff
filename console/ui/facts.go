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

// TextFact is a fact in words. If the text is empty, it shows unset instead, dimmed.
func TextFact(term, text, unset string) Fact {
	if text == "" {
		return Fact{Term: term, Value: []app.UI{app.Span().Class("unset").Text(unset)}}
	}
	if strings.Contains(text, "@") && !strings.Contains(text, " ") { // an address is one word
		return Fact{Term: term, Value: []app.UI{OneLine(text)}}
	}
	return Fact{Term: term, Value: []app.UI{app.Text(text)}}
}

// Facts draws a list of terms and values.
func Facts(facts ...Fact) app.UI {
	rows := make([]app.UI, len(facts))
	for i, f := range facts {
		rows[i] = app.Div().Body(app.Dt().Text(f.Term), app.Dd().Body(f.Value...))
	}
	return app.Dl().Class("dl").Body(rows...)
}

// Tokens draws words as [TokenField] does.
func Tokens(words []string) app.UI {
	tokens := make([]app.UI, len(words))
	for i, w := range words {
		tokens[i] = app.Span().Class("token").Body(parts(w)...)
	}
	return app.Span().Class("tokens").Body(tokens...)
}

// AddressFact is a fact whose value is a URL, shown as code. If it is empty, it shows unset instead.
func AddressFact(term, text, unset string) Fact {
	if text == "" {
		return TextFact(term, "", unset)
	}
	return Fact{Term: term, Value: []app.UI{app.Code().Body(parts(text)...)}}
}

// parts returns the text with line-break opportunities after each dot and slash.
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
