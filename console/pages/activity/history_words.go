package activity

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// said returns what an event did, in words: Rate limit: 100 → 1,200 per minute. Each changed field has its own line.
func said(e api.AuditEvent, now time.Time) []app.UI {
	did := Did(e.Action)
	switch did {
	case "Edited":
		var lines []app.UI
		for _, field := range slices.Sorted(maps.Keys(e.Changes)) {
			lines = append(lines, app.P().Class("said").Body(changed(field, e.Changes[field], now)...))
		}
		if len(lines) > 0 {
			return lines
		}
	case "Rotated":
		end, _ := e.Changes["overlap_until"][1].(string)
		until, err := time.Parse(time.RFC3339, end)
		if err != nil || !until.After(e.At) {
			return []app.UI{app.B().Text("Rotated"), app.Text("; the previous access key ended at once")}
		}
		return []app.UI{app.B().Text("Rotated"), app.Text("; the previous access key works for " + span(until.Sub(e.At)) + ", until "), ui.Moment(until, now)}
	}
	return []app.UI{app.B().Text(did)}
}

// changed says how a field changed.
func changed(field string, values [2]any, now time.Time) []app.UI {
	name := ui.Sentence(strings.ReplaceAll(field, "_", " "))
	switch field {
	case "allowed_ips":
		name = "Allowed IPs"
	case "expires_at":
		name = "Expiry"
	}
	if before, after, ok := lists(values); ok {
		added, removed := without(after, before), without(before, after)
		line := []app.UI{app.Text(name + ": ")}
		if len(added) > 0 {
			line = append(line, app.Text("added "), app.B().Text(few(added)))
		}
		if len(removed) > 0 {
			if len(added) > 0 {
				line = append(line, app.Text("; "))
			}
			line = append(line, app.Text("removed "), app.Span().Class("was").Text(few(removed)))
		}
		return line
	}
	line := []app.UI{app.Text(name + ": "), app.Span().Class("was").Text(valueOf(field, values[0], now)), app.Text(" → "), app.B().Text(valueOf(field, values[1], now))}
	return line
}

// valueOf formats a value as a person says it.
func valueOf(field string, value any, now time.Time) string {
	switch v := value.(type) {
	case nil:
		switch field {
		case "expires_at":
			return "never"
		case "rate_limit", "remaining_uses":
			return "no limit"
		}
		return "none"
	case float64:
		return ui.Count(int(v))
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return ui.Day(at, now)
		}
		if v == "" {
			return "none"
		}
		return v
	case map[string]any:
		limit, hasLimit := v["limit"].(float64)
		if seconds, ok := v["window_seconds"].(float64); ok && hasLimit {
			return ui.CountPer(int(limit), int(seconds))
		}
	}
	return text(value)
}

// span formats a duration in its greatest whole unit: 7 days.
func span(d time.Duration) string {
	d = d.Round(time.Minute)
	switch {
	case d >= 48*time.Hour:
		return ui.Counted(int((d+time.Hour)/(24*time.Hour)), "day", "days")
	case d >= time.Hour:
		return ui.Counted(int(d.Round(time.Hour)/time.Hour), "hour", "hours")
	}
	return ui.Counted(int(d/time.Minute), "minute", "minutes")
}

// lists returns both values if they are lists of words. An absent list is empty.
func lists(values [2]any) (before, after []string, ok bool) {
	for i, into := range []*[]string{&before, &after} {
		items, isList := values[i].([]any)
		if !isList && values[i] != nil {
			return nil, nil, false
		}
		ok = ok || isList
		for _, item := range items {
			*into = append(*into, text(item))
		}
	}
	return before, after, ok
}

func without(words, others []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(others, w) })
}

// few names the first words of many.
func few(words []string) string { return ui.Listed(words[:min(4, len(words))], len(words)) }
