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

// Deeds draws what a page's thing lets somebody do, as buttons at the top of the page. What can't be
// done says why below.
func Deeds(actions []Action) []app.UI {
	buttons := make([]app.UI, len(actions))
	for i, a := range actions {
		look := Secondary
		if a.Ends {
			look = DangerQuiet
		}
		buttons[i] = &Button{ID: "deed-" + a.Icon, Label: a.Label, Icon: a.Icon, Look: look, Disabled: a.Refuse != "", OnClick: a.Do}
	}
	return buttons
}

// Refusals says why deeds are off, once for each reason.
func Refusals(actions []Action) app.UI {
	var lines []app.UI
	seen := map[string]int{}
	var reasons []string
	labels := map[string][]string{}
	for _, a := range actions {
		if a.Refuse == "" {
			continue
		}
		if seen[a.Refuse]++; seen[a.Refuse] == 1 {
			reasons = append(reasons, a.Refuse)
		}
		labels[a.Refuse] = append(labels[a.Refuse], a.Label)
	}
	for _, why := range reasons {
		lines = append(lines, app.P().Class("hint").Body(app.B().Text(strings.Join(labels[why], ", ")+": "), app.Text(why)))
	}
	return app.Div().Class("refusals").Body(lines...)
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
