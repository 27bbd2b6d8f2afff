package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Named returns what the page's address names between the two: key_1 of /keys/key_1/edit.
func Named(page app.Page, before, after string) string {
	return strings.TrimSuffix(strings.TrimPrefix(page.URL().Path, before), after)
}

// Waiting keeps the room of what is being read, and shows bones when that takes a while.
func Waiting(slow bool) app.UI {
	if !slow {
		return app.Div().Class("pause")
	}
	card := func() app.UI {
		return app.Div().Class("card", "card-body", "stack-sm").Body(bone("5"), bone("9"), bone("7"), bone("9"))
	}
	return app.Div().Class("split").Attr("role", "status").Aria("label", "Loading").Body(
		app.Div().Class("stack").Body(card(), card()), app.Div().Class("stack").Body(card()))
}

// WaitingFigures is Waiting below as many cards with a figure.
func WaitingFigures(figures int, slow bool) app.UI {
	if !slow {
		return app.Div().Class("pause")
	}
	cards := make([]app.UI, figures)
	for i := range cards {
		cards[i] = app.Div().Class("card", "stat", "stat-bones").Body(bone("7"), bone("4"), bone("9"))
	}
	return app.Div().Class("stack").Body(app.Div().Class("stats").DataSet("n", figures).Body(cards...), Waiting(true))
}

// Lower returns the text as it stands within a sentence: just now, yesterday.
func Lower(text string) string {
	return strings.ToLower(text[:min(1, len(text))]) + text[min(1, len(text)):]
}
