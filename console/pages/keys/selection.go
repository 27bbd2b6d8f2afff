package keys

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const bulkBarID = "bulk-bar"

// maxPicked bounds how many keys are selected together: a change of several is one request for each.
const maxPicked = 500

// picking reads everything that the filters match, page by page, to select it.
type picking struct {
	count int // keys read so far
	stop  func()
}

// pick selects a key, or no longer.
func (l *List) pick(k api.KeySummary, on bool) {
	if l.picked == nil {
		l.picked = map[string]api.KeySummary{}
	}
	if on {
		l.picked[k.ID] = k
	} else {
		delete(l.picked, k.ID)
	}
}

// pickRow selects a key, or no longer; with through, all keys from the latest one to this one.
func (l *List) pickRow(k api.KeySummary, on, through bool) {
	items := l.list.Items()
	at := func(id string) int { return slices.IndexFunc(items, func(k api.KeySummary) bool { return k.ID == id }) }
	from, to := at(l.anchor), at(k.ID)
	l.anchor = k.ID
	if !through || from < 0 || to < 0 {
		l.pick(k, on)
		return
	}
	for _, k := range items[min(from, to) : max(from, to)+1] {
		l.pick(k, on)
	}
}

func (l *List) pickPage(on bool) {
	for _, k := range l.list.Items() {
		l.pick(k, on)
	}
}

// pickAll selects everything that the filters match.
func (l *List) pickAll() {
	if l.picking != nil {
		return
	}
	v, p := l.list.View().First(), &picking{}
	l.picking = p
	p.stop = listing.EachPage(l.ctx, func(ctx context.Context, cursor string) ([]api.KeySummary, *string, error) {
		list, err := l.read(ctx, v, api.Page{Query: v.Search, Cursor: cursor, Limit: api.MaxPageItems})
		return list.Items, list.NextCursor, err
	}, func(keys []api.KeySummary, last bool, err error) {
		for _, k := range keys {
			if p.count++; p.count <= maxPicked {
				l.pick(k, true)
			}
		}
		full := p.count > maxPicked || p.count == maxPicked && !last
		if last || full {
			l.stopPicking()
			ui.Focus(l.ctx, bulkBarID) // its button is gone
		}
		switch {
		case err != nil:
			ui.Notify(l.ctx, ui.Toast{Text: "Not all API keys could be selected.", Detail: problem.Of(err).Detail, Tone: "bad"})
		case full:
			ui.Notify(l.ctx, ui.Toast{Text: "The first " + ui.Count(maxPicked) + " are selected.", Detail: "That is the most at once."})
		}
	})
}

// stopPicking ends the reading of pickAll. What is selected stays.
func (l *List) stopPicking() {
	if l.picking != nil {
		l.picking.stop()
		l.picking = nil
	}
}

// clearPicked selects none. The list gets the focus, because the button that had it is gone.
func (l *List) clearPicked() {
	l.stopPicking()
	l.picked, l.anchor = nil, ""
	l.list.Focus()
}

// here returns how many keys of this page are selected.
func (l *List) here() (n int) {
	for _, k := range l.list.Items() {
		if l.picked[k.ID].ID != "" {
			n++
		}
	}
	return n
}

// chosen returns the selected keys, as they are shown now where they are on this page, sorted by name.
func (l *List) chosen() []api.KeySummary {
	for _, k := range l.list.Items() {
		if l.picked[k.ID].ID != "" {
			l.picked[k.ID] = k
		}
	}
	var keys []api.KeySummary
	for _, k := range l.picked {
		keys = append(keys, k.At(time.Now()))
	}
	ui.Sort(keys, func(a, b api.KeySummary) int {
		return cmp.Or(cmp.Compare(a.Title(), b.Title()), cmp.Compare(a.ID, b.ID))
	})
	return keys
}

// tools draws what works on the whole list, at the end of the filters.
func (l *List) tools() []app.UI {
	here, items := l.here(), len(l.list.Items())
	return []app.UI{
		&ui.Check{ID: "pick-page", Label: "Select this page", Checked: here > 0 && here == items, Mixed: here > 0 && here < items, OnChange: l.pickPage},
		&ui.Button{ID: "export-all", Label: "Export CSV", Icon: "download", OnClick: l.exportAll},
	}
}

// bulkBar draws what can be done with the selected keys.
func (l *List) bulkBar() app.UI {
	keys := l.chosen()
	if len(keys) == 0 {
		return nil
	}
	here := l.here()
	note := "on this page"
	if away := len(keys) - here; away > 0 {
		note = ui.Count(away) + " of them not on this page"
	}
	said := []app.UI{app.Span().Body(app.B().Text(ui.Count(len(keys))+" selected"), app.Text(" "), app.Span().Class("muted").Text(note))}
	link := func(text string, do func()) {
		said = append(said, app.Button().Type("button").Class("link").Text(text).OnClick(func(app.Context, app.Event) { do() }, text))
	}
	switch all, known := l.list.Matching(); {
	case l.picking != nil:
		link("Stop selecting", l.stopPicking)
	case len(keys) >= maxPicked:
	case !known:
		link("Select all that match", l.pickAll)
	case len(keys) < all:
		link("Select all "+ui.Count(all), l.pickAll)
	}
	buttons := []app.UI{}
	for _, d := range deeds {
		b := &ui.Button{ID: "bulk-" + d.icon, Label: d.label, Icon: d.icon, OnClick: func() { l.startBulk(d) }}
		b.Disabled = l.picking != nil || !slices.ContainsFunc(keys, func(k api.KeySummary) bool { return d.why(k) == "" })
		buttons = append(buttons, b)
	}
	buttons = append(buttons, &ui.Button{Label: "Export CSV", Name: "Export CSV of the selected", Icon: "download", Disabled: l.picking != nil, OnClick: l.exportPicked},
		app.Span().Class("rule"), &ui.Button{Label: "Clear", Name: "Clear the selection", Look: ui.Quiet, OnClick: l.clearPicked})
	return app.Div().ID(bulkBarID).TabIndex(-1).Class("bulk").Attr("role", "region").Aria("label", "Selected API keys").Body(
		app.P().Class("n").Attr("role", "status").Body(said...),
		app.Div().Class("bulk-actions").Body(buttons...))
}
