package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Named returns the part of the page's path between a prefix and a suffix: key_1 of /keys/key_1/edit. It is without
// the spaces around a pasted one.
func Named(page app.Page, before, after string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(page.URL().Path, before), after))
}

// Waiting reserves the space of content that is loading, and shows a skeleton if it loads slowly.
func Waiting(slow bool) app.UI {
	card := func() app.UI {
		return app.Div().Class("card", "card-body", "stack-sm", "pause").Body(bone("5"), bone("9"), bone("7"), bone("9"))
	}
	wait := app.Section().Class("split").Attr("role", "status").Aria("label", "Loading").Body( // not of the kind that comes
		app.Div().Class("stack").Body(card(), card()), app.Div().Class("stack").Body(card()))
	if !slow {
		wait.DataSet("quiet", true)
	}
	return wait
}

// Loading returns the head of a page whose content is loading: with the places of what is not known yet.
func Loading(h Head) Head {
	h.Under, h.Actions = []app.UI{bone("11")}, []app.UI{bone("11")}
	return h
}

// BoneStat draws a figure that is loading, with its shape and its line of reading.
func BoneStat() app.UI {
	return app.Div().Class("card", "stat", "stat-bones").Body(app.Dt().Body(bone("7"), bone("4").DataSet("h", "lg"), bone("9")))
}

// BoneText draws the place of a text that is loading, on a line of its own.
func BoneText() app.UI { return app.Span().Class("sk-text").Text("\u00a0") }

// Lower returns the text for the middle of a sentence: just now, yesterday.
func Lower(text string) string {
	return strings.ToLower(text[:min(1, len(text))]) + text[min(1, len(text)):]
}
