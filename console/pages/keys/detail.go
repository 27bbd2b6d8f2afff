package keys

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/activity"
	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/pages/traffic"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Detail is the page of an API key: what it connects, its settings, use, history and actions.
type Detail struct {
	app.Compo
	session session
	ctx     app.Context
	id      string

	key     ui.Reading[api.Key]
	joined  ui.Reading[joined]
	use     traffic.Traffic
	alarm   ui.Alarm
	changes int // number of changes made on this page; reloads the history

	clipboard ui.Clipboard
	confirm   ui.ConfirmDialog
	runner    ui.ActionRunner
	rotation  *rotation // nil unless the rotation dialog is open
	wanted    bool      // the address asks for a rotation
	shown     shown
}

// joined are the key's application and Arx.
type joined struct {
	application api.Application
	arx         api.Arx
}

// NewDetail returns the page.
func NewDetail(s session) *Detail { return &Detail{session: s} }

// OnMount reads the key that the address names.
func (d *Detail) OnMount(ctx app.Context) {
	d.ctx = ctx
	ui.OnChanged(ctx, func(is api.Key) {
		if is.ID == d.id {
			d.key.Value = is
		}
	})
	d.shown.mount(ctx, d.session, d.rotated, true)
	d.visit()
}

// OnNav reads another key if the address names another one.
func (d *Detail) OnNav(app.Context) { d.visit() }

// OnDismount forgets the access key, and that a reload has lost one.
func (d *Detail) OnDismount() {
	d.shown.forget()
	if d.lostBanner() != nil {
		d.shown.DropUnstored()
	}
}

func (d *Detail) visit() {
	address := d.ctx.Page().URL()
	if id := idOf(address.Path); id != d.id {
		d.id = id
		d.key.Forget()
		d.joined.Forget()
		d.use.Reading.Forget()
		d.read()
	}
	if address.Fragment == rotateMark && d.rotation == nil { // a link from a list
		bare := *address
		bare.Fragment = ""
		d.ctx.Page().ReplaceURL(&bare)
		d.wanted = true
		d.begin()
	}
}

// rotateMark is the fragment of an address that opens the rotation dialog.
const rotateMark = "rotate"

// idOf returns the key's id in a path: /keys/key_… or below.
func idOf(path string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(path, "/keys/"), "/")
	return strings.TrimSpace(id) // a pasted one
}

// changed shows the answer to a change, and reloads everything.
func (d *Detail) changed(is api.Key) {
	d.key.Value = is
	d.changes++
	d.read()
}

func (d *Detail) read() {
	id, c := d.id, d.session.Client()
	d.key.Start(d.ctx, func(ctx context.Context) (api.Key, error) { return client.Call(ctx, c, api.GetKey, api.KeyID{ID: id}) }, func() {
		d.readJoined()
		d.begin()
	})
	d.use.Read(d.ctx, func(ctx context.Context, r api.UsageRange) (traffic.Used, error) {
		u, err := client.Call(ctx, c, api.GetKeyUsage, api.KeyUsageRequest{ID: id, UsageRange: r})
		return traffic.Used{UsageReport: api.UsageReport{Usage: u.Usage}, AccessKeys: u.AccessKeys, LastUsedAt: u.LastUsedAt}, err
	})
}

// begin opens the rotation dialog if the address asks for it and the key is loaded.
func (d *Detail) begin() {
	if d.wanted && d.key.Here {
		d.wanted = false
		d.startRotation()
	}
}

func (d *Detail) readJoined() {
	if d.key.Err != nil || d.joined.Running {
		return
	}
	k, c := d.key.Value, d.session.Client()
	d.joined.Start(d.ctx, func(ctx context.Context) (joined, error) {
		var (
			wait sync.WaitGroup
			j    joined
			errs [2]error
		)
		wait.Go(func() {
			j.application, errs[0] = client.Call(ctx, c, api.GetApplication, api.ApplicationID{ID: k.Application.ID})
		})
		wait.Go(func() { j.arx, errs[1] = client.Call(ctx, c, api.GetArx, api.ArxID{ID: k.Arx.ID}) })
		wait.Wait()
		return j, errors.Join(errs[:]...)
	}, nil)
}

func (d *Detail) copyID(id string) { d.clipboard.Copy(d.ctx, id, "API key "+id) }

// Render draws the page.
func (d *Detail) Render() app.UI {
	if d.shown.created != nil {
		return ui.Page(ui.Head{Title: "New access key"}, app.Div().Class("wizard").Body(d.shown.card(), d.shown.facts("Rotated")), ui.Slot(d.shown.dialog()))
	}
	back := &ui.Link{Text: "API keys", Href: "/keys"}
	switch {
	case d.key.Here:
	case problem.Is(d.key.Err, problem.NotFound):
		return ui.Missing("There is no such API key", "The address may be mistyped. Deleted keys are shown for 90 days.", ui.Link{Text: "Go to API keys", Href: "/keys"})
	case d.key.Err != nil:
		return ui.Page(ui.Head{Title: "API key", Back: back}, shell.Failure("The key could not be loaded", d.key.Err, false, d.key.Running, d.read))
	default:
		return ui.Page(ui.Loading(ui.Head{Title: "API key", Back: back}), ui.Waiting(d.key.Slow))
	}
	k, now := &d.key.Value, time.Now()
	k.KeySummary = k.At(now)
	d.alarm.Set(d.ctx, k.Turns(now))
	return ui.Page(
		ui.Head{
			Title: k.Title(), Back: back, Actions: d.buttons(),
			Under: []app.UI{
				catalog.KeyBadge(k.KeySummary),
				app.If(k.StoppedBy != nil, app.Span().Class("hint").Text(catalog.WhyStopped(k.KeySummary))),
				&ui.CopyID{ID: k.ID, Name: "Copy API key", Of: k.Title(), Copied: d.clipboard.Has(k.ID), OnCopy: d.copyID},
			},
		},
		ui.Slot(append([]app.UI{ui.Slot(d.lostBanner()), shell.Stale(&d.key, "The key may have changed.", d.read)}, d.banners(now)...)...),
		app.Div().Class("split").Body(
			app.Div().Class("stack").Body(d.useCard(now), d.snippetsCard(), d.why(), &activity.History{Session: d.session, ResourceID: d.id, Version: d.changes}),
			app.Div().Class("stack").Body(d.joinedCard(), d.settingsCard(now)),
		),
		ui.Slot(d.confirm.UI(), d.rotationDialog(), d.shown.dialog()),
	)
}
