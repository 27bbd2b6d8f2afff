package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Named returns the part of the page's path between a prefix and a suffix: key_1 of /keys/key_1/edit.
func Named(page app.Page, before, after string) string {
	return strings.TrimSuffix(strings.TrimPrefix(page.URL().Path, before), after)
}

// Waiting reserves the space of content that is loading, and shows a skeleton if it loads slowly.
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

// WaitingFigures draws Waiting below n cards with a figure.
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

// Lower returns the text for the middle of a sentence: just now, yesterday.
func Lower(text string) string {
	return strings.ToLower(text[:min(1, len(text))]) + text[min(1, len(text)):]
}
