// Package keys holds the console's pages of API keys.
package keys

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// session is what the pages need of a session.
type session interface {
	listing.Drafts
	Region() string // of this deployment on AWS, or empty
}

// List is the page of all API keys.
type List struct {
	app.Compo
	session session
	ctx     app.Context

	list      listing.List[api.KeySummary, api.KeyTotals]
	parents   ui.Reading[parents]
	stopped   ui.Reading[api.KeyList] // the first stopped keys of all
	clipboard ui.Clipboard
	confirm   ui.ConfirmDialog
	runner    ui.ActionRunner
	picked    map[string]api.KeySummary // selected keys, by id
	anchor    string                    // id of the latest key that was picked
	picking   *picking                  // nil unless all keys of the filters are being selected
	bulk      *bulk                     // nil unless its dialog is open
	export    listing.Export
}

// NewList returns the page.
func NewList(s session) *List {
	l := &List{session: s}
	l.list = listing.List[api.KeySummary, api.KeyTotals]{
		Title: "API keys", Lead: "Each key lets one application talk to one Arx.",
		Noun: "API key", Plural: "API keys",
		Carries: []string{wantedApplication, wantedArx},
		Create:  ui.Link{Text: "Create API key", Href: "/keys/new"},
		Gone:    ui.Option{Value: "deleted", Label: "Show deleted"},
		Search:  "Search by name or id",
		Filters: filters(parents{}),
		Quick: []ui.Chip{
			{Value: string(api.ExpiringKeys), Label: "Expiring", Icon: "clock"}, {Value: string(api.RotationDueKeys), Label: "Rotation due", Icon: "rotate"},
			{Value: string(api.UnusedKeys), Label: "Unused", Icon: "eye-off"}, {Value: string(api.StoppedKeys), Label: "Stopped", Icon: "stop"},
		},
		Tools:   l.tools,
		Sorts:   sorts,
		Ranked:  true,
		Columns: columns,
		Picks:   true,
		Empty: ui.Empty{
			Draw: Drawing, Title: "No API keys yet",
			Text: "Choose an application and an Arx, and Arxkeys makes the key that joins them. You see its access key once.",
		},
		First:   "Create the first key",
		AllGone: "All API keys have been deleted. Show deleted lists them for 90 days.",
		Totals:  l.totals,
		Whole: func(t api.KeyTotals, gone bool) int {
			if gone {
				return t.Total + t.Deleted
			}
			return t.Total
		},
		Row:   l.row,
		At:    api.KeySummary.At,
		Turns: api.KeySummary.Turns,
		ID:    func(k api.KeySummary) string { return k.ID },
		Count: count,
		Fits:  fits,
		Read:  l.read,
	}
	return l
}

var sorts = []ui.Option{
	{Value: string(api.NewestFirst), Label: "Newest first"}, {Value: string(api.OldestFirst), Label: "Oldest first"},
	{Value: string(api.ByName), Label: "Name, A to Z"}, {Value: string(api.ByNameBack), Label: "Name, Z to A"},
	{Value: string(api.ByStatus), Label: "Status, active first"}, {Value: string(api.ByStatusBack), Label: "Status, active last"},
	{Value: string(api.ByExpiry), Label: "Expires first"}, {Value: string(api.ByExpiryBack), Label: "Expires last"},
	{Value: string(api.ByRotation), Label: "Rotation due first"}, {Value: string(api.ByRotationBack), Label: "Rotation due last"},
}

// OnMount reads the list, and the applications and Arxes to filter by.
func (l *List) OnMount(ctx app.Context) {
	l.ctx = ctx
	ui.OnChanged(ctx, l.show)
	l.list.Mount(ctx)
	l.readStopped()
	l.parents.Start(ctx, func(ctx context.Context) (parents, error) { return readParents(ctx, l.session.Client()) }, func() {
		l.list.Filters = filters(l.parents.Value)
	})
}

// OnNav reads the list again if the address asks for another part of it.
func (l *List) OnNav(app.Context) { l.list.Visit() }

// readStopped reads the stopped keys, which the totals of a list count among the active ones: to count them costs the
// API a look at each.
func (l *List) readStopped() {
	request := api.ListKeysRequest{Page: api.Page{Limit: api.MaxPageItems}, Status: api.StoppedKeys}
	l.stopped.Start(l.ctx, func(ctx context.Context) (api.KeyList, error) {
		return client.Call(ctx, l.session.Client(), api.ListKeys, request)
	}, nil)
}

// totals returns the figures of the list. The total is the sum of all but the deleted ones.
func (l *List) totals(t api.KeyTotals) []ui.Total {
	first := append([]ui.Total{{Label: "Total", Count: t.Total}}, catalog.ActiveAndStopped(t.Active, &l.stopped)...)
	return append(first,
		ui.Total{Label: "Disabled", Status: "disabled", Count: t.Disabled},
		ui.Total{Label: "Expired", Status: "expired", Count: t.Expired},
		ui.Total{Label: "Deleted", Status: "deleted", Count: t.Deleted},
	)
}

func (l *List) read(ctx context.Context, v listing.View, page api.Page) (api.KeyList, error) {
	request := api.ListKeysRequest{
		Page: page, Sort: api.KeySort(v.Sort), ApplicationID: v.Chosen["application"], ArxID: v.Chosen["arx"],
		Status: api.KeyFilter(v.Chosen["status"]),
	}
	if v.Gone {
		request.Include = "deleted"
	}
	return client.Call(ctx, l.session.Client(), api.ListKeys, request)
}

// count adds the key to the total of its status.
func count(t *api.KeyTotals, k api.KeySummary, by int) {
	switch k.Status {
	case api.KeyDeleted:
		t.Deleted += by
		return
	case api.KeyActive:
		t.Active += by
	case api.KeyDisabled:
		t.Disabled += by
	case api.KeyExpired:
		t.Expired += by
	}
	t.Total += by
}

// fits reports whether the view shows the changed key.
func fits(k api.KeySummary, v listing.View) bool {
	if k.Status == api.KeyDeleted && !v.Gone {
		return false
	}
	switch status := v.Chosen["status"]; status {
	case "":
		return true
	case string(api.WorkingKeys):
		return k.Effective == api.KeyVerifies
	case string(api.StoppedKeys):
		return k.Effective == api.KeyStopped
	case string(api.ExpiringKeys), string(api.RotationDueKeys), string(api.UnusedKeys):
		return k.Status == api.KeyActive
	default:
		return string(k.Status) == status
	}
}

// changed shows the answer to a change, and reads the list again.
func (l *List) changed(is api.Key) {
	l.keep(is)
	l.list.Changed(is.KeySummary)
	l.readStopped()
}

// show shows the answer to a change. The list is read again later.
func (l *List) show(is api.Key) {
	l.keep(is)
	l.list.Show(is.KeySummary)
}

// keep changes what the page knows of the key beside its row: whether it is among the stopped ones, and the selection.
func (l *List) keep(is api.Key) {
	var stopped []api.KeySummary
	for _, k := range l.stopped.Value.Items {
		if k.ID != is.ID {
			stopped = append(stopped, k)
		}
	}
	if is.Effective == api.KeyStopped {
		stopped = append(stopped, is.KeySummary)
	}
	l.stopped.Value.Items = stopped
	if l.picked[is.ID].ID != "" {
		l.pick(is.KeySummary, is.Status != api.KeyDeleted)
	}
}

func (l *List) copyID(id string) { l.clipboard.Copy(l.ctx, id, "API key "+id) }

// Render draws the page.
func (l *List) Render() app.UI {
	return l.list.Page(ui.Slot(l.confirm.UI()), ui.Slot(l.bulkBar()), ui.Slot(l.bulkUI()), ui.Slot(l.export.UI()))
}

// Drawing is the picture of a key.
const Drawing ui.Drawing = "M86 56a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM86 56h32M108 56v7M116 56v5"
