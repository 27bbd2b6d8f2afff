package keys

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// latestEvents is how much of a history shows at first.
const latestEvents = 8

func (d *Detail) readHistory() {
	request := api.ListEventsRequest{ResourceID: d.id, Limit: latestEvents}
	if d.all {
		request.Limit = api.MaxPageItems
	}
	d.history.Start(d.ctx, func(ctx context.Context) (api.AuditEvents, error) {
		return client.Call(ctx, d.session.Client(), api.ListEvents, request)
	}, nil)
}

func (d *Detail) showAll() {
	d.all = true
	d.readHistory()
}

// historyCard shows what was done to the key, newest first.
func (d *Detail) historyCard(now time.Time) app.UI {
	events := &d.history.Value
	var more app.UI
	if d.history.Here && events.NextCursor != nil && !d.all {
		more = &ui.Button{Label: "Show all", Look: ui.Quiet, Small: true, Busy: d.history.Running, OnClick: d.showAll}
	}
	switch {
	case d.history.Here:
	case d.history.Err != nil:
		return ui.Card("history", "History", nil, ui.Failure("The history could not be loaded", d.history.Err, true, d.history.Running, d.readHistory))
	default:
		return ui.Card("history", "History", nil, app.Div().Class("card-body").Body(ui.Waiting(d.history.Slow)))
	}
	items := make([]app.UI, len(events.Items))
	for i, e := range events.Items {
		items[i] = event(e, now)
	}
	return ui.Card("history", "History", more, app.Ol().Class("timeline").Body(items...))
}

// event draws what happened, and what an update changed.
func event(e api.AuditEvent, now time.Time) app.UI {
	word, rest := told(e)
	dot := app.Span().Class("dot")
	if e.Action == api.CreateKey.Name || e.Action == api.RotateKey.Name {
		dot.DataSet("tone", "accent")
	}
	body := []app.UI{app.B().Text(word), app.Text(rest)}
	if e.Action == api.UpdateKey.Name {
		body = append(body, changes(e.Changes))
	}
	who := e.Principal.Name
	if e.Principal.Kind == api.ManagementKey {
		who += " · Management key"
	}
	if e.From != "" {
		who += " · " + e.From
	}
	return app.Li().Body(dot, app.Div().Body(append(body, app.Small().Text(who))...), ui.Moment(e.At, now))
}

// told says what happened, in a word and the rest of its sentence.
func told(e api.AuditEvent) (word, rest string) {
	switch e.Action {
	case api.CreateKey.Name:
		return "Created", ""
	case api.UpdateKey.Name:
		return "Changed", ""
	case api.DisableKey.Name:
		return "Disabled", ""
	case api.EnableKey.Name:
		return "Enabled", ""
	case api.RotateKey.Name:
		if until := e.Changes["overlap_until"][1]; until != nil {
			return "Rotated", ", the access key before kept for a while"
		}
		return "Rotated", ""
	case api.EndKeyOverlap.Name:
		return "Overlap ended", ""
	case api.DeleteKey.Name:
		return "Deleted", ""
	case api.DeleteArx.Name:
		return "Deleted", " with its Arx"
	}
	return e.Action, ""
}

// changes shows the fields that an update changed: before and after.
func changes(fields map[string][2]any) app.UI {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	rows := make([]app.UI, len(names))
	for i, name := range names {
		rows[i] = app.Div().Class("slot").Body(app.Dt().Text(name), app.Dd().Body(app.Del().Text(value(fields[name][0])), app.Ins().Text(value(fields[name][1]))))
	}
	return app.Dl().Class("diff").Body(rows...)
}

// value writes what a field held.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		if v == "" {
			return "none"
		}
		return v
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return "?"
	}
	return strings.TrimSpace(b.String())
}
