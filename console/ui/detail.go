package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Named returns what the page's address names between the two: key_1 of /keys/key_1/edit.
func Named(page app.Page, before, after string) string {
	return strings.TrimSuffix(strings.TrimPrefix(page.URL().Path, before), after)
}

// WhyNot returns why the action can't be done; nothing where it can.
func WhyNot(p api.Permits, does string) string {
	switch why := p.Why[does]; {
	case p.May(does):
		return ""
	case why != "":
		return why
	}
	return "Not possible now."
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

// StopWithin says how soon so many keys stop.
func StopWithin(keys int) string {
	switch keys {
	case 0:
		return "It had no active keys."
	case 1:
		return "Its key stops within seconds."
	}
	return "Its " + Count(keys) + " keys stop within seconds."
}

// KeyShares draws how the keys of a thing stand.
func KeyShares(t api.KeyTotals) app.UI {
	return Totals(true,
		Total{Label: "Active keys", Status: "active", Count: t.Active},
		Total{Label: "Disabled keys", Status: "disabled", Count: t.Disabled},
		Total{Label: "Expired keys", Status: "expired", Count: t.Expired},
	)
}

// Lower returns the text as it stands within a sentence: just now, yesterday.
func Lower(text string) string {
	return strings.ToLower(text[:min(1, len(text))]) + text[min(1, len(text)):]
}
