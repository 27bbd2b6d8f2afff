package keys

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// bounds returns the key's scopes, limits and metadata as facts.
func bounds(scopes []string, limit *api.RateLimit, uses *int, ips []string, metadata string) []ui.Fact {
	facts := []ui.Fact{tokens("Scopes", scopes, "None"), ui.TextFact("Rate limit", "", "No limit"), ui.TextFact("Remaining uses", "", "No limit"), tokens("Allowed IPs", ips, "From anywhere")}
	if wide := wideScopes(scopes); wide != "" {
		facts[0].Value = append(facts[0].Value, app.Small().Class("warns").Body(ui.Prose(wide)...))
	}
	if limit != nil {
		facts[1] = ui.TextFact("Rate limit", ui.Count(limit.Limit)+" per "+window(limit.WindowSeconds), "")
	}
	if uses != nil {
		facts[2] = ui.TextFact("Remaining uses", ui.Count(*uses), "")
	}
	if text := strings.TrimSpace(metadata); text != "" && text != "{}" {
		return append(facts, ui.Fact{Term: "Metadata", Value: []app.UI{app.Code().Text(text)}})
	}
	return append(facts, ui.TextFact("Metadata", "", "None"))
}

func tokens(term string, words []string, unset string) ui.Fact {
	if len(words) == 0 {
		return ui.TextFact(term, "", unset)
	}
	return ui.Fact{Term: term, Value: []app.UI{ui.Tokens(words)}}
}

// window formats the length of a rate limit's window: minute, 90 seconds.
func window(seconds int) string {
	switch seconds {
	case 1:
		return "second"
	case 60:
		return "minute"
	case 60 * 60:
		return "hour"
	case 24 * 60 * 60:
		return "day"
	}
	return ui.Count(seconds) + " seconds"
}
