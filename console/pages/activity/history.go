package activity

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

type session = listing.Session

// mostLines bounds the changed fields that the history shows of one event; the activity shows all.
const mostLines = 20

// History is a card with the changes of one resource, newest first.
type History struct {
	app.Compo
	Session    session
	ResourceID string
	Version    int // a new number reloads the history, because the page has changed the resource

	ctx     app.Context
	shown   int    // the version that is shown
	of      string // the resource that is shown
	events  []api.AuditEvent
	next    *string
	reading ui.Reading[api.AuditEvents]
}

// OnMount reads the newest events.
func (h *History) OnMount(ctx app.Context) {
	h.ctx = ctx
	h.start()
}

// OnUpdate reloads the history if the page has changed the resource or shows another one.
func (h *History) OnUpdate(app.Context) {
	if h.shown != h.Version || h.of != h.ResourceID {
		h.start()
	}
}

func (h *History) start() {
	h.shown, h.of = h.Version, h.ResourceID
	h.read("")
}

func (h *History) more() {
	if h.next != nil && !h.reading.Running {
		h.read(*h.next)
	}
}

func (h *History) read(cursor string) {
	request := api.ListEventsRequest{ResourceID: h.ResourceID, Cursor: cursor, Limit: 10}
	h.reading.Start(h.ctx, func(ctx context.Context) (api.AuditEvents, error) {
		return client.Call(ctx, h.Session.Client(), api.ListEvents, request)
	}, func() {
		if h.reading.Err != nil {
			return
		}
		if cursor == "" {
			h.events = nil
		}
		h.events = append(h.events, h.reading.Value.Items...)
		h.next = h.reading.Value.NextCursor
	})
}

// again reads the newest events again.
func (h *History) again() { h.read("") }

// Render draws the card.
func (h *History) Render() app.UI {
	card := app.Section().Class("card").Aria("labelledby", "history-title").Aria("busy", h.reading.Running)
	head := []app.UI{app.H2().ID("history-title").Text("History")}
	if h.Session.Me().Can[string(api.ReadActivity)] {
		head = append(head, app.A().Class("more").Href("/activity?resource="+h.ResourceID).Text("In the activity"))
	}
	body := []app.UI{app.Header().Class("card-head").Body(head...)}
	switch {
	case h.reading.Err != nil && len(h.events) == 0:
		body = append(body, shell.Failure("The history could not be loaded", h.reading.Err, true, h.reading.Running, h.again))
	case len(h.events) == 0 && h.reading.Here && h.next == nil:
		body = append(body, app.P().Class("card-body", "hint").Text("Nothing was changed in the last 400 days."))
	case len(h.events) == 0 && h.next == nil:
		body = append(body, app.Div().Class("card-body").Body(app.Div().Class("pause-sm")))
	default:
		now := time.Now()
		items := make([]app.UI, len(h.events))
		for i, e := range h.events {
			items[i] = entry(e, nil, mostLines, now)
		}
		if len(items) > 0 {
			body = append(body, app.Ol().Class("timeline").Body(items...))
		}
		if h.next != nil {
			body = append(body, app.Div().Class("card-foot").Body(&ui.Button{Label: "Show earlier changes", Small: true, Busy: h.reading.Running, OnClick: h.more}))
		}
	}
	return card.Body(body...)
}
