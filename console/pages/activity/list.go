package activity

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// List is the page of all changes.
type List struct {
	app.Compo
	session session
	ctx     app.Context

	list   listing.List[api.AuditEvent, struct{}]
	people map[string]string   // names of principals in the events so far, by id, to filter by
	things map[string]resource // resources in the events so far, by id, to filter by
	export listing.Export
	open   string // id of the event whose details are shown
}

type resource = api.AuditResource

// NewList returns the page.
func NewList(s session) *List {
	l := &List{session: s, people: map[string]string{}, things: map[string]resource{}}
	l.list = listing.List[api.AuditEvent, struct{}]{
		Title: "Activity", Lead: "Every change: who changed what, when and from where. Newest first, kept for 400 days.",
		Noun: "event", Plural: "events",
		Filters: l.filters(),
		Columns: columns,
		Empty:   ui.Empty{Draw: ui.DrawWindow, Title: "No changes yet", Text: "Each time somebody creates, edits, disables or deletes something, it appears here with the values before and after."},
		AllGone: "Nothing has been changed.",
		Tools: func() []app.UI {
			return []app.UI{&ui.Button{ID: "export-all", Label: "Export CSV", Icon: "download", OnClick: l.exportAll}}
		},
		Row:  l.row,
		Read: l.read,
	}
	return l
}

// OnMount reads what the address asks for.
func (l *List) OnMount(ctx app.Context) {
	l.ctx = ctx
	if l.may() {
		me := l.session.Me().Principal
		l.people[me.ID] = me.Name
		l.list.Filters = l.filters()
		l.list.Mount(ctx)
	}
}

// OnNav reads what the new address asks for.
func (l *List) OnNav(app.Context) {
	if l.may() {
		l.list.Visit()
	}
}

func (l *List) may() bool { return l.session.Me().Can[string(api.ReadActivity)] }

// periods are the filters by time.
var periods = []struct {
	ui.Option
	age time.Duration
}{
	{ui.Option{Value: "1d", Label: "Last 24 hours"}, 24 * time.Hour},
	{ui.Option{Value: "7d", Label: "Last 7 days"}, 7 * 24 * time.Hour},
	{ui.Option{Value: "30d", Label: "Last 30 days"}, 30 * 24 * time.Hour},
	{ui.Option{Value: "90d", Label: "Last 90 days"}, 90 * 24 * time.Hour},
}

// since remembers the beginnings of periods, because a cursor is valid only with the same beginning. It
// is global so that a page that is mounted again can continue with its cursor.
var since = begun{at: map[string]time.Time{}}

type begun struct {
	mu sync.Mutex
	at map[string]time.Time
}

// of returns the beginning of the period with the value. Only reading the first page moves it forward.
func (b *begun) of(period string, age time.Duration, first bool) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.at[period]; first || !known {
		b.at[period] = time.Now().Add(-age).Truncate(time.Minute).UTC() // whole minutes, so that a repeated request finds the answer kept for offline reading
	}
	return b.at[period]
}

// filters are by person, action, resource and time. They offer the people and resources of the events so
// far and the signed-in person. A link can name any other.
func (l *List) filters() []listing.Filter {
	var actions, when []ui.Option
	for _, action := range actionNames {
		noun, _, _ := strings.Cut(action, ".")
		actions = append(actions, ui.Option{Value: action, Label: Did(action) + ": " + nouns[noun]})
	}
	for _, p := range periods {
		when = append(when, p.Option)
	}
	return []listing.Filter{
		{Param: "person", Label: "Person", Any: "Anybody", Options: options(l.people, nil), Valid: func(id string) bool { return len(id) <= 256 }},
		{Param: "action", Label: "Action", Any: "Any action", Options: actions},
		{Param: "resource", Label: "Resource", Any: "Any resource", Options: options(nil, l.things), Valid: isResource},
		{Param: "period", Label: "Period", Any: "Any time", Options: when},
	}
}

// actionNames are the names of the operations that change something, as in api.Operations, which would bring the types of
// all operations into the program.
var actionNames = []string{
	"applications.create", "applications.update", "applications.disable", "applications.enable", "applications.archive", "applications.unarchive",
	"arxes.create", "arxes.update", "arxes.disable", "arxes.enable", "arxes.setdefault", "arxes.delete",
	"keys.create", "keys.update", "keys.disable", "keys.enable", "keys.rotate", "keys.endoverlap", "keys.delete",
	"managementkeys.create", "managementkeys.delete",
}

// nouns are the nouns of operations, in words.
var nouns = map[string]string{"applications": "application", "arxes": "Arx", "keys": "API key", "managementkeys": "management key"}

func isResource(id string) bool {
	return (api.ListEventsRequest{ResourceID: id}).Validate() == nil
}

func (l *List) read(ctx context.Context, v listing.View, page api.Page) (api.List[api.AuditEvent, struct{}], error) {
	return l.readSince(ctx, &since, v, page)
}

// readSince is read with other beginnings of periods.
func (l *List) readSince(ctx context.Context, beginnings *begun, v listing.View, page api.Page) (api.List[api.AuditEvent, struct{}], error) {
	request := api.ListEventsRequest{
		Cursor: page.Cursor, Limit: page.Limit, PrincipalID: v.Chosen["person"], Action: v.Chosen["action"], ResourceID: v.Chosen["resource"],
	}
	for _, p := range periods {
		if v.Chosen["period"] == p.Value {
			request.From = beginnings.of(p.Value, p.age, page.Cursor == "")
		}
	}
	events, err := client.Call(ctx, l.session.Client(), api.ListEvents, request)
	l.ctx.Dispatch(func(app.Context) { l.meet(events.Items) })
	return api.List[api.AuditEvent, struct{}]{Items: events.Items, NextCursor: events.NextCursor, Scanned: events.Scanned}, err
}

var csvHead = []string{"at", "who", "who_id", "who_kind", "action", "resource", "resource_kind", "resource_name", "from", "changes", "event", "request"}

// exportAll saves everything that the filters match.
func (l *List) exportAll() {
	v, own := l.list.View().First(), begun{at: map[string]time.Time{}} // the list's cursors stay valid
	l.export.Start(l.ctx, "activity.csv", csvHead, func(ctx context.Context, cursor string) ([][]string, *string, error) {
		list, err := l.readSince(ctx, &own, v, api.Page{Cursor: cursor, Limit: api.MaxPageItems})
		rows := make([][]string, len(list.Items))
		for i, e := range list.Items {
			changes, _ := json.Marshal(e.Changes) // can't fail: it was JSON
			rows[i] = []string{e.At.UTC().Format(time.RFC3339), e.Principal.Name, e.Principal.ID, string(e.Principal.Kind), e.Action, e.Resource.ID, e.Resource.Kind, e.Resource.Name, e.From, string(changes), e.ID, e.RequestID}
		}
		return rows, list.NextCursor, err
	})
}

// meet remembers the people and resources of the events.
func (l *List) meet(events []api.AuditEvent) {
	for _, e := range events {
		l.people[e.Principal.ID] = e.Principal.Name
		if seen, ok := l.things[e.Resource.ID]; !ok || seen.Name == "" {
			l.things[e.Resource.ID] = e.Resource
		}
	}
	l.list.Filters = l.filters()
}

func (l *List) toggle(id string) {
	if l.open == id {
		id = ""
	}
	l.open = id
}

// Render draws the page.
func (l *List) Render() app.UI {
	if !l.may() {
		return shell.Forbidden("Activity", "Only owners and admins see all activity. The history of an application, an Arx or an API key is on its own page.", l.session.Me())
	}
	return l.list.Page(l.export.UI())
}
