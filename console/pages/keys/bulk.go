package keys

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// bulk is work on several keys, one after the other. Its dialog first says what will happen, then shows the
// progress, and at last a result for each key.
type bulk struct {
	deed    deed
	keys    []api.KeySummary
	days    string // how many days the expiry moves: a value of extensions
	results []result
	running bool
	stopped *atomic.Bool
}

// result is what became of a key.
type result struct {
	ok   bool
	text string
}

// deed is something to do with several keys.
type deed struct {
	label, icon string
	lead, done  string
	moves       bool                          // it moves the expiry by a chosen number of days
	why         func(k api.KeySummary) string // why the key is left as it is, or ""
	do          func(ctx context.Context, c *client.Client, k api.KeySummary, days int) (api.Key, error)
}

var deeds = []deed{
	{
		label: "Disable", icon: "pause", done: "Disabled", lead: "From the next request on, these keys are refused as `DISABLED`. Enabling them brings them back.",
		why: func(k api.KeySummary) string { return k.WhyNot("disable") },
		do: func(ctx context.Context, c *client.Client, k api.KeySummary, _ int) (api.Key, error) {
			return client.Call(ctx, c, api.DisableKey, api.Target{ID: k.ID})
		},
	},
	{
		label: "Enable", icon: "play", done: "Enabled", lead: "These keys verify again from the next request on, unless their application or their Arx is not active.",
		why: func(k api.KeySummary) string { return k.WhyNot("enable") },
		do: func(ctx context.Context, c *client.Client, k api.KeySummary, _ int) (api.Key, error) {
			return client.Call(ctx, c, api.EnableKey, api.Target{ID: k.ID})
		},
	},
	{
		label: "Extend expiry", icon: "calendar", done: "Extended", moves: true, lead: "The expiry moves from where it is, or from now if it has passed. Keys that never expire stay as they are.",
		why: func(k api.KeySummary) string {
			if k.ExpiresAt == nil {
				return "It never expires."
			}
			return k.WhyNot("update")
		},
		do: func(ctx context.Context, c *client.Client, k api.KeySummary, days int) (api.Key, error) {
			at := time.Now()
			if k.ExpiresAt.After(at) {
				at = *k.ExpiresAt
			}
			return client.Call(ctx, c, api.UpdateKey, api.UpdateKeyRequest{ID: k.ID, ExpiresAt: api.Set(at.AddDate(0, 0, days).UTC().Truncate(time.Second))})
		},
	},
}

const bulkDialog = "bulk"

var extensions = []ui.Option{{Value: "30", Label: "By 30 days"}, {Value: "90", Label: "By 90 days"}, {Value: "365", Label: "By a year"}}

func (l *List) startBulk(d deed) {
	l.bulk = &bulk{deed: d, keys: l.chosen(), days: extensions[0].Value, stopped: &atomic.Bool{}}
	ui.OpenDialog(l.ctx, bulkDialog, bulkDialog+"-cancel")
}

// runBulk does it, key by key. What can't be done for a key is its result; the others go on. Keys for which it failed,
// or that were not reached, stay selected.
func (l *List) runBulk() {
	b := l.bulk
	if b == nil || b.running || len(b.results) > 0 {
		return
	}
	b.running = true
	c := l.session.Client()
	days, _ := strconv.Atoi(b.days)
	l.ctx.Async(func() {
		for _, k := range b.keys {
			r, why, show := result{text: "Left as it is: it was not reached."}, b.deed.why(k), func() {}
			if why != "" {
				r.text = "Left as it is: " + why
			} else if !b.stopped.Load() {
				if is, err := b.deed.do(l.ctx, c, k, days); err != nil {
					r.text = problem.Of(err).Detail
				} else {
					r, show = result{ok: true, text: b.deed.done}, func() { l.show(is) }
					if is.StoppedBy != nil {
						r.text += ". " + staysStopped
					}
				}
			}
			l.ctx.Dispatch(func(app.Context) {
				if b.results = append(b.results, r); r.ok || why != "" {
					l.pick(k, false)
				}
				show()
			})
		}
		l.ctx.Dispatch(func(app.Context) {
			b.running = false
			ui.Announce(l.ctx, b.title())
			l.list.Reload()
			l.readStopped()
		})
	})
}

// closeBulk closes the dialog. While it works, the first press only stops that, to show what was done; keys that are
// not reached yet stay as they are.
func (l *List) closeBulk() {
	if stopped := l.bulk.stopped.Swap(true); l.bulk.running && !stopped {
		return
	}
	l.bulk = nil
	ui.CloseDialog(bulkDialog)
	if len(l.picked) == 0 { // the button that opened it is gone
		l.list.Focus()
	}
}

func (b *bulk) title() string {
	if len(b.results) == 0 {
		return b.deed.label + ": " + ui.Counted(len(b.keys), "API key", "API keys")
	}
	done := 0
	for _, r := range b.results {
		if r.ok {
			done++
		}
	}
	return ui.Count(done) + " of " + ui.Counted(len(b.keys), "API key", "API keys") + " " + ui.Lower(b.deed.done)
}

func (l *List) bulkUI() app.UI {
	b := l.bulk
	if b == nil {
		return nil
	}
	items := make([]app.UI, len(b.keys))
	for i, k := range b.keys {
		small := k.Application.Name + " → " + k.Arx.Name
		if why := b.deed.why(k); why != "" && len(b.results) == 0 {
			small += " · stays as it is: " + why
		}
		item := app.Li()
		if i < len(b.results) {
			r := b.results[i]
			state := "failed"
			icon := "warning"
			if r.ok {
				state = "done"
				icon = "check"
			}
			items[i] = item.DataSet("state", state).Body(ui.Icon(icon), app.Div().Body(app.B().Text(k.Title()), app.Small().Text(r.text)), app.Div().Class("end"))
			continue
		}
		items[i] = item.Body(app.Div().Body(app.B().Text(k.Title()), app.Small().Text(small)), app.Div().Class("end").Text(ui.Count(k.Uses24h)+" in 24 h"))
	}
	finished := len(b.results) == len(b.keys)
	body := []app.UI{}
	if b.deed.moves && len(b.results) == 0 && !b.running {
		body = append(body, &ui.Select{ID: "bulk-days", Label: "Extend", Options: extensions, Value: b.days, OnChoose: func(v string) { b.days = v }})
	}
	if b.running || finished {
		body = append(body, ui.Progress(len(b.results), len(b.keys)), app.P().Attr("role", "status").Class("hint").Text(ui.Count(len(b.results))+" of "+ui.Count(len(b.keys))+" done."))
	}
	body = append(body, app.Ul().Class("ends").Attr("role", "list").TabIndex(0).Aria("label", "API keys").Body(items...))
	leave := &ui.Button{ID: bulkDialog + "-cancel", Label: "Cancel", OnClick: l.closeBulk}
	foot := []app.UI{leave}
	switch {
	case finished:
		leave.Label, leave.Look = "Done", ui.Primary
	case b.running && b.stopped.Load():
		leave.Label = "Stopping…"
	case b.running:
		leave.Label = "Stop"
	}
	if !finished {
		foot = append(foot, &ui.Button{Label: b.deed.label, Look: ui.Primary, Busy: b.running, OnClick: l.runBulk})
	}
	return ui.Dialog{ID: bulkDialog, Title: b.title(), Lead: ui.Prose(b.deed.lead), Body: body, Foot: foot, OnCancel: l.closeBulk}.UI()
}

var csvHead = []string{"id", "name", "application", "application_id", "arx", "arx_id", "purpose", "status", "created_at", "last_used_at", "expires_at", "rotate_by", "uses_24h"}

func csvRow(k api.KeySummary) []string {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return []string{k.ID, k.Name, k.Application.Name, k.Application.ID, k.Arx.Name, k.Arx.ID, string(k.Arx.Purpose), cmp.Or(string(k.Effective), string(k.Status)),
		at(&k.CreatedAt), at(k.LastUsedAt), at(k.ExpiresAt), at(&k.RotateBy), strconv.Itoa(k.Uses24h)}
}

// exportAll saves everything that the filters match.
func (l *List) exportAll() {
	v := l.list.View().First()
	l.export.Start(l.ctx, "api-keys.csv", csvHead, func(ctx context.Context, cursor string) ([][]string, *string, error) {
		list, err := l.read(ctx, v, api.Page{Query: v.Search, Cursor: cursor, Limit: api.MaxPageItems})
		rows := make([][]string, len(list.Items))
		for i, k := range list.Items {
			rows[i] = csvRow(k)
		}
		return rows, list.NextCursor, err
	})
}

// exportPicked saves the selected keys.
func (l *List) exportPicked() {
	keys := l.chosen()
	var text strings.Builder
	text.WriteString(listing.CSV(csvHead))
	for _, k := range keys {
		text.WriteString(listing.CSV(csvRow(k)))
	}
	ui.Download("api-keys-selected.csv", "text/csv;charset=utf-8", text.String())
	ui.Notify(l.ctx, ui.Toast{Text: ui.Counted(len(keys), "row", "rows") + " exported."})
}
