package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

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
		tokens[i] = app.Span().Class("token").Text(w)
	}
	return app.Span().Class("tokens").Body(tokens...)
}
