// Package activity holds the console's page of all changes, the history of one resource for other pages,
// and the words for both.
package activity

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// verbs are the words for actions, by the verb of the operation's name, in the order of the filter.
var verbs = []struct{ verb, word string }{
	{"create", "Created"}, {"update", "Edited"}, {"rotate", "Rotated"}, {"endoverlap", "Ended the overlap of"},
	{"disable", "Disabled"}, {"enable", "Enabled"}, {"archive", "Archived"}, {"unarchive", "Unarchived"},
	{"setdefault", "Made default"}, {"delete", "Deleted"},
}

// Did returns the word for an action, such as Rotated. For an unknown action, it returns its name.
func Did(action string) string {
	_, verb, _ := strings.Cut(action, ".")
	for _, v := range verbs {
		if v.verb == verb {
			return v.word
		}
	}
	return action
}

// deed returns the words before and after the name of what an action is done to: Made Rates EU the default.
func deed(action string) (before, after string) {
	if before = Did(action); before == "Made default" {
		return "Made", "the default"
	}
	return before, ""
}

// KindName returns the word for a kind of resource.
func KindName(kind string) string {
	switch kind {
	case "application":
		return "Application"
	case "arx":
		return "Arx"
	case "key":
		return "API key"
	case "management_key":
		return "Management key"
	}
	return ui.Sentence(kind)
}

// Address returns the address of the resource's page, or "" if it has none.
func Address(r api.AuditResource) string {
	switch r.Kind {
	case "application":
		return "/applications/" + r.ID
	case "arx":
		return "/arxes/" + r.ID
	case "key":
		return "/keys/" + r.ID
	}
	return ""
}

// Name returns the resource's name at the time of the event, or its id if it had none.
func Name(r api.AuditResource) string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID
}

// Way says how the principal called: through the console, or as a machine.
func Way(by api.By) string {
	if by.Kind == api.ManagementKey {
		return "Management key"
	}
	return "Person"
}

// Said draws what an event did to which resource, in the words of its history, with a link to it, and who did it.
func Said(e api.AuditEvent, now time.Time) app.UI {
	name := app.UI(app.B().Text(Name(e.Resource)))
	if address := Address(e.Resource); address != "" {
		name = app.A().Href(address).Text(Name(e.Resource))
	}
	return entry(e, name, 2, now)
}

// entry draws an event of a timeline; see said.
func entry(e api.AuditEvent, on app.UI, most int, now time.Time) app.UI {
	dot := app.Span().Class("dot")
	if did := Did(e.Action); did == "Created" || did == "Rotated" {
		dot.DataSet("tone", "accent")
	}
	by := e.Principal.Name
	if on != nil {
		by = KindName(e.Resource.Kind) + ", by " + by
	} else {
		if e.Principal.Kind == api.ManagementKey {
			by += " · Management key"
		}
		if e.From != "" {
			by += " · " + e.From
		}
	}
	return app.Li().Body(dot, app.Div().Body(append(said(e, on, most, now), app.Small().Text(by))...), ui.When(e.At, now))
}

// Changes draws the fields of an event before and after.
func Changes(e api.AuditEvent) app.UI {
	var rows []app.UI
	for _, field := range slices.Sorted(maps.Keys(e.Changes)) {
		before, after := text(e.Changes[field][0]), text(e.Changes[field][1])
		var value []app.UI
		if before != "" {
			value = append(value, app.Span().Class("sr").Text("before: "), app.Elem("del").Body(ui.Timed(before)...))
		}
		if after != "" {
			value = append(value, app.Span().Class("sr").Text(" after: "), app.Elem("ins").Body(ui.Timed(after)...))
		}
		if len(value) == 0 {
			value = append(value, app.Span().Class("muted").Text("empty"))
		}
		rows = append(rows, app.Dt().Text(field), app.Dd().Body(value...))
	}
	return app.Dl().Class("diff").Body(rows...)
}

// text formats a value for people, for [ui.Timed]. It returns "" for null and empty values.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return ui.InText(t, t.Local().Format("2 Jan 2006, 15:04"))
		}
		return v
	case []any:
		words := make([]string, len(v))
		for i, item := range v {
			words[i] = text(item)
		}
		return strings.Join(words, ", ")
	}
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(b)
}

// clock draws the time of an event: the time of day on the first line, the date on the second.
func clock(t, now time.Time) (hour, day string) {
	t = t.In(now.Location())
	switch day = ui.Day(t, now); day {
	case ui.Day(now, now):
		day = "Today"
	case ui.Day(now.AddDate(0, 0, -1), now):
		day = "Yesterday"
	}
	return t.Format("15:04:05"), day
}
