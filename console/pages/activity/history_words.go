package activity

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// said returns what an event did, in words: Rate limit: 100 → 1,200 per minute. Each changed field has its own line.
// On is drawn as what it was done to; it is nil where the page is about that alone. Of many lines, most shows the first.
func said(e api.AuditEvent, on app.UI, most int, now time.Time) []app.UI {
	verb, rest := deed(e.Action)
	line := []app.UI{app.B().Text(verb)}
	switch {
	case on != nil:
		line = append(line, app.Text(" "), on)
		if rest != "" {
			line = append(line, app.Text(" "+rest))
		}
	case rest != "":
		line[0] = app.B().Text(verb + " " + rest)
	default:
		line[0] = app.B().Text(strings.TrimSuffix(verb, " of"))
	}
	switch verb {
	case "Edited":
		lines := edits(e, now)
		if on == nil && len(lines) > 0 {
			line = nil
		}
		if more := len(lines) - most; more > 0 {
			lines = append(lines[:most], app.P().Class("said", "muted").Text(ui.Counted(more, "more change", "more changes")))
		}
		return append(line, lines...)
	case "Rotated":
		end, _ := e.Changes["overlap_until"][1].(string)
		until, err := time.Parse(time.RFC3339, end)
		if err != nil || !until.After(e.At) {
			return append(line, app.Text("; the access key that it replaced ended at once"))
		}
		return append(line, app.Text("; the previous access key works for "+span(until.Sub(e.At))+", until "), ui.Moment(until, now))
	}
	return line
}

// edits returns a line for each field that an event changed, and for each name of metadata.
func edits(e api.AuditEvent, now time.Time) (lines []app.UI) {
	for _, field := range slices.Sorted(maps.Keys(e.Changes)) {
		values := e.Changes[field]
		if field != "metadata" {
			lines = append(lines, app.P().Class("said").Body(changed(field, values, now)...))
			continue
		}
		before, _ := values[0].(map[string]any)
		after, _ := values[1].(map[string]any)
		both := maps.Clone(before)
		if both == nil {
			both = map[string]any{}
		}
		maps.Copy(both, after)
		for _, name := range slices.Sorted(maps.Keys(both)) {
			if was, is := text(before[name]), text(after[name]); was != is {
				lines = append(lines, app.P().Class("said").Body(turned("Metadata "+name, cmp.Or(was, "none"), cmp.Or(is, "none"))...))
			}
		}
	}
	return lines
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
		if len(added)+len(removed) == 0 {
			line = append(line, app.Text("in another order"))
		}
		if len(removed) > 0 {
			if len(added) > 0 {
				line = append(line, app.Text("; "))
			}
			line = append(line, app.Text("removed "), app.Del().Class("was").Text(few(removed)))
		}
		return line
	}
	was, is := valueOf(field, values[0], now), valueOf(field, values[1], now)
	if n, per, ok := strings.Cut(was, " per "); ok && strings.HasSuffix(is, " per "+per) {
		was = n
	}
	return turned(name, was, is)
}

// turned says what a value was, struck, and what it is.
func turned(name, was, is string) []app.UI {
	return []app.UI{app.Text(name + ": "), app.Del().Class("was").Body(ui.Timed(was)...), app.Text(" → "), app.B().Body(ui.Timed(is)...)}
}

// valueOf formats a value as a person says it, for [ui.Timed].
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
			return ui.InText(at, at.In(now.Location()).Format("2 Jan 2006, 15:04"))
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
