package keys

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

var columns = []ui.Column{
	{Head: "API key", Sort: "name"}, {Head: "Application"}, {Head: "Arx"}, {Head: "Status", Sort: "status"}, {Head: "Last used", NoWrap: true},
	{Head: "Created", Sort: "created_at", Down: true, Wide: true, PhoneOff: true, NoWrap: true},
	{Head: "Expires", Sort: "expires_at", NoWrap: true}, {Head: "Rotate by", Sort: "rotate_by", NoWrap: true},
	{Head: "Actions", Menu: true},
}

func (l *List) row(k api.KeySummary, now time.Time) ui.Row {
	name := app.Span().Class("t-main").Text(k.Name)
	if k.Name == "" {
		name = app.Span().Class("t-main", "muted").Text("Unnamed key")
	}
	return ui.Row{
		Active: l.clipboard.Has(k.ID), Dim: k.Status == api.KeyDeleted,
		Cells: [][]app.UI{
			{name, &ui.CopyID{ID: k.ID, Name: "Copy API key", Copied: l.clipboard.Has(k.ID), OnCopy: l.copyID}},
			{ui.Words(k.Application.Name)},
			{arxes.Ref(k.Arx.Name, k.Arx.Purpose)},
			{ui.Badge(string(k.Status), ui.Sentence(string(k.Status)))},
			{lastUsed(k, now)},
			{ui.Date(k.CreatedAt, now)},
			expires(k, now),
			rotation(k, now),
			{&ui.Menu{ID: k.ID, Name: "Actions for " + title(k), Actions: l.actions(k)}},
		},
	}
}

// title names a key to people: by its name or, without one, by its id.
func title(k api.KeySummary) string {
	if k.Name != "" {
		return k.Name
	}
	return k.ID
}

func (l *List) actions(k api.KeySummary) []ui.Action {
	actions := []ui.Action{{Label: "Copy API key", Icon: "copy", Do: func() { l.copyID(k.ID) }}}
	if k.Status == api.KeyDeleted {
		return actions
	}
	remove := ui.Action{Label: "Delete", Icon: "trash", Ends: true, Do: func() { l.startDeletion(k) }}
	if !k.May("delete") {
		remove.Refuse = "Not possible now."
		if why := k.Why["delete"]; why != "" {
			remove.Refuse = why
		}
	}
	return append(actions, remove)
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
		return []app.UI{ui.Date(*k.ExpiresAt, now), app.Span().Class("t-sub").Text(soon)}
	}
	return []app.UI{ui.Date(*k.ExpiresAt, now)}
}

func rotation(k api.KeySummary, now time.Time) []app.UI {
	switch {
	case k.Status == api.KeyDeleted || k.Status == api.KeyExpired:
		return []app.UI{app.Span().Class("muted").Body(ui.Date(k.RotateBy, now))}
	case k.RotationDue:
		return []app.UI{ui.Badge("due", "Rotation due"), app.Span().Class("t-sub").Text("since " + ui.Day(k.RotateBy, now))}
	}
	return []app.UI{ui.Date(k.RotateBy, now)}
}
