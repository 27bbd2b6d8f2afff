package keys

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

var columns = []ui.Column{
	{Head: "API key", Sort: "name", Class: "k-name", Size: "name"}, {Head: "Application", Class: "k-joins p-line"}, {Head: "Arx", Class: "k-arx"},
	{Head: "Status", Sort: "status", Class: "k-state p-side", Size: "status"}, {Head: "Last used", NoWrap: true, Class: "k-used p-last", Size: "time"},
	{Head: "Created", Sort: "created_at", Down: true, Wide: true, PhoneOff: true, NoWrap: true, Size: "time"},
	{Head: "Expires", Sort: "expires_at", NoWrap: true, Size: "time"}, {Head: "Rotate by", Sort: "rotate_by", NoWrap: true, Class: "k-rotate", Size: "status"},
	{Head: "Actions", Menu: true},
}

func (l *List) row(k api.KeySummary, now time.Time) ui.Row {
	name := app.A().Class("t-main").Href("/keys/" + k.ID).Text(k.Name)
	if k.Name == "" {
		name = app.A().Class("t-main", "muted").Href("/keys/" + k.ID).Text("Unnamed key")
	}
	return ui.Row{
		Active: l.clipboard.Has(k.ID), Selected: l.picked[k.ID].ID != "", Dim: k.Status == api.KeyDeleted,
		Cells: [][]app.UI{
			{&ui.Pick{ID: k.ID, Name: "Select " + k.Title(), Checked: l.picked[k.ID].ID != "", OnChange: func(on, through bool) { l.pickRow(k, on, through) }}, name, &ui.CopyID{ID: k.ID, Name: "Copy API key", Of: k.Title(), Copied: l.clipboard.Has(k.ID), OnCopy: l.copyID}},
			{app.A().Class("t-text").Href("/applications/" + k.Application.ID).Text(k.Application.Name), app.Span().Class("narrow-arx").Body(arx(k)),
				app.Span().Class("phone-line").Body(app.Text(k.Application.Name+" → "), arxes.Tag(k.Arx.Purpose), app.Text(" "+k.Arx.Name))},
			{arx(k)},
			status(k),
			{app.Span().Class("wide-only").Body(lastUsed(k, now)), app.Span().Class("phone-line").Body(near(k, now)...)},
			{ui.Date(k.CreatedAt, now)},
			expires(k, now),
			rotateBy(k, now),
			{&ui.Menu{ID: k.ID, Name: "Actions for " + k.Title(), Actions: l.actions(k)}},
		},
	}
}

// arx draws the key's Arx.
func arx(k api.KeySummary) app.UI {
	return app.Span().Class("arx-ref").Body(arxes.Tag(k.Arx.Purpose), app.A().Class("t-text").Href("/arxes/"+k.Arx.ID).Text(k.Arx.Name))
}

// near draws the last line of a key's card on a phone: when it was last used, and what is near.
func near(k api.KeySummary, now time.Time) []app.UI {
	text := ui.LastUsed(k.LastUsedAt, now)
	if k.ExpiresAt != nil {
		if soon := ui.Soon(*k.ExpiresAt, now); soon != "" {
			text += " · expires " + ui.InText(*k.ExpiresAt, soon)
		}
	}
	if rotationDue(k) {
		text += " · rotation due"
	}
	if why := catalog.WhyStopped(k); why != "" {
		text += " · " + why
	}
	return ui.Timed(text)
}

// rotationDue reports whether the key is past its rotation date, which no longer matters once it is refused for good.
func rotationDue(k api.KeySummary) bool {
	return k.RotationDue && k.Status != api.KeyDeleted && k.Status != api.KeyExpired
}

// status draws the key's effective status and what stops it.
func status(k api.KeySummary) []app.UI {
	cell := []app.UI{catalog.KeyBadge(k)}
	if why := catalog.WhyStopped(k); why != "" {
		cell = append(cell, app.Span().Class("t-sub").Text(why))
	}
	if rotationDue(k) { // where the column of the rotation has no room
		cell = append(cell, app.Span().Class("t-sub", "due").Text("rotation due"))
	}
	return cell
}

// actions returns the row's menu. Actions that are not allowed stay, with the reason.
func (l *List) actions(k api.KeySummary) []ui.Action {
	address := "/keys/" + k.ID
	act := func(do, label, icon string, then func()) ui.Action {
		return ui.Action{Label: label, Icon: icon, Do: then, Refuse: k.WhyNot(do)}
	}
	rotate := act("rotate", "Rotate", "rotate", func() { l.ctx.Navigate(address + "#" + rotateMark) })
	if k.May("replace") { // an overlap is running: the newest access key can be replaced
		rotate.Refuse = ""
	}
	pause := act("disable", "Disable", "pause", func() { l.startDisabling(k) })
	if k.Status == api.KeyDisabled {
		pause = act("enable", "Enable", "play", func() { l.enable(k) })
	}
	remove := act("delete", "Delete", "trash", func() { l.startDeletion(k) })
	remove.Ends = true
	again := ui.Action{Label: "Duplicate", Icon: "duplicate", Do: func() { l.ctx.Navigate(duplication(k.ID)) }}
	if k.Status == api.KeyDeleted {
		again.Refuse = "It is deleted."
	}
	return []ui.Action{
		{Label: "Open", Icon: "key", Do: func() { l.ctx.Navigate(address) }},
		{Label: "Copy API key", Icon: "copy", Do: func() { l.copyID(k.ID) }},
		act("update", "Edit", "edit", func() { l.ctx.Navigate(address + "/edit") }),
		again, rotate, pause, remove,
	}
}

func lastUsed(k api.KeySummary, now time.Time) app.UI {
	if k.LastUsedAt == nil {
		return app.Span().Class("muted").Text("Never")
	}
	return ui.When(*k.LastUsedAt, now)
}

func expires(k api.KeySummary, now time.Time) []app.UI {
	if k.ExpiresAt == nil {
		return []app.UI{app.Span().Class("muted").Text("Never")}
	}
	if soon := ui.Soon(*k.ExpiresAt, now); soon != "" {
		return []app.UI{ui.Date(*k.ExpiresAt, now), app.Span().Class("t-sub", "soon").Text(soon)}
	}
	return []app.UI{ui.Date(*k.ExpiresAt, now)}
}

func rotateBy(k api.KeySummary, now time.Time) []app.UI {
	switch {
	case k.Status == api.KeyDeleted || k.Status == api.KeyExpired:
		return []app.UI{app.Span().Class("muted").Text("None")}
	case k.RotationDue:
		return []app.UI{ui.Badge("due", "Rotation due"), app.Span().Class("t-sub").Body(app.Text("since "), ui.Date(k.RotateBy, now))}
	}
	return []app.UI{ui.Date(k.RotateBy, now)}
}
