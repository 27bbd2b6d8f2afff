package keys

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// bounds returns the key's scopes, limits and metadata as facts.
func bounds(scopes []string, limit *api.RateLimit, uses *int, ips []string, metadata string) []ui.Fact {
	facts := []ui.Fact{scopeFact(scopes), ui.TextFact("Rate limit", "", "No limit"), ui.TextFact("Remaining uses", "", "No limit"), tokens("Allowed IPs", ips, "From anywhere")}
	if wide := wideScopes(scopes); wide != "" {
		facts[0].Value = append(facts[0].Value, app.Small().Class("warns").Body(ui.Prose(wide)...))
	}
	if limit != nil {
		facts[1] = ui.TextFact("Rate limit", ui.CountPer(limit.Limit, limit.WindowSeconds), "")
	}
	if uses != nil {
		facts[2] = ui.TextFact("Remaining uses", ui.Count(*uses), "")
	}
	if text := strings.TrimSpace(metadata); text != "" && text != "{}" {
		return append(facts, ui.Fact{Term: "Metadata", Value: []app.UI{metadataList(text)}})
	}
	return append(facts, ui.TextFact("Metadata", "", "None"))
}

// fewScopes is the number of scopes shown of a key that has many.
const fewScopes = 4

// scopeFact draws the scopes. Of many it shows the first, and the rest on demand.
func scopeFact(scopes []string) ui.Fact {
	if len(scopes) <= fewScopes+1 {
		return tokens("Scopes", scopes, "None")
	}
	return ui.Fact{Term: "Scopes", Value: []app.UI{app.Div().Class("scopes").Body(
		ui.Tokens(scopes[:fewScopes]),
		app.Details().Body(app.Summary().Class("link").Text("Show all "+ui.Count(len(scopes))+" scopes"), ui.Tokens(scopes[fewScopes:])))}}
}

// metadataList draws metadata as names and values. Values that are not text are shown as JSON. Metadata that is
// not an object is shown as it is.
func metadataList(text string) app.UI {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return app.Code().Text(text)
	}
	var rows []app.UI
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		raw := string(fields[name])
		var value app.UI = app.Code().Text(raw)
		var words string
		switch {
		case json.Unmarshal(fields[name], &words) == nil && raw != "null":
			value = app.Text(words)
		case strings.HasPrefix(raw, "{") || strings.HasPrefix(raw, "["):
			value = app.Details().Body(app.Summary().Class("link").Text("Show"), app.Code().Text(raw))
		}
		rows = append(rows, app.Dt().Text(name), app.Dd().Body(value))
	}
	return app.Dl().Class("meta").Body(rows...)
}

func tokens(term string, words []string, unset string) ui.Fact {
	if len(words) == 0 {
		return ui.TextFact(term, "", unset)
	}
	return ui.Fact{Term: term, Value: []app.UI{ui.Tokens(words)}}
}
