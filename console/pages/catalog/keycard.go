package catalog

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// shownKeys is the number of keys that keyCard shows.
const shownKeys = 5

// keyCard draws the newest API keys of an application or an Arx, which has so many in total, with a link to all of
// them. Other draws the key's other side: its Arx or its application. The page of the context is redrawn when one of the
// keys expires.
func keyCard(ctx app.Context, alarm *ui.Alarm, reading *ui.Reading[api.KeyList], total int, all, none string, other func(api.KeySummary) app.UI) app.UI {
	card := app.Section().Class("card").Aria("labelledby", "keys-title").Aria("busy", reading.Running)
	head := []app.UI{app.H2().ID("keys-title").Text("API keys")}
	list := reading.Value
	if len(list.Items) > 0 {
		head = append(head, app.A().Class("more").Href(all).Text("All its API keys"))
	}
	body := []app.UI{app.Header().Class("card-head").Body(head...)}
	switch {
	case !reading.Here && reading.Err != nil:
		body = append(body, app.P().Class("card-body", "hint").Text("They could not be loaded."))
	case !reading.Here:
		var bones []app.UI
		for range min(total, shownKeys) {
			bones = append(bones, app.Li().Body(app.Div().Class("grow").Body(app.P().Body(ui.BoneText()), app.Small().Body(ui.BoneText()))))
		}
		body = append(body, ui.Slot(app.Ul().Class("list").Body(bones...))) // not of the kind that comes, so that its bones end with it
	case len(list.Items) == 0 && list.NextCursor != nil: // the server has not read all keys yet
		body = append(body, app.P().Class("card-body", "hint").Body(app.A().Href(all).Text("All its API keys")))
	case len(list.Items) == 0:
		body = append(body, app.P().Class("card-body", "hint").Text(none))
	default:
		now := time.Now()
		items := make([]app.UI, len(list.Items))
		var turn time.Time
		for i, k := range list.Items {
			items[i] = item(k.At(now), other(k), now)
			turn = ui.Sooner(turn, k.Turns(now))
		}
		alarm.Set(ctx, turn)
		body = append(body, app.Ul().Class("list").Body(items...))
	}
	return card.Body(body...)
}

func item(k api.KeySummary, other app.UI, now time.Time) app.UI {
	stopped := ""
	if why := WhyStopped(k); why != "" {
		stopped = " · " + why
	}
	return app.Li().Body(
		app.Div().Class("grow").Body(
			app.P().Body(app.A().Href("/keys/"+k.ID).Text(k.Title())),
			app.Small().Body(append([]app.UI{other}, ui.Timed(" · "+ui.LastUsed(k.LastUsedAt, now)+stopped)...)...),
		),
		KeyBadge(k),
	)
}

// keyShares draws how many keys of a record are active, stopped, disabled and expired. If the record is not active,
// it stops all that would be active; otherwise the other side of a key may stop it.
func keyShares(s Summary, stopped *ui.Reading[api.KeyList]) app.UI {
	t := s.Keys
	shares := []ui.Total{{Label: "Active", Status: "active"}, {Label: "Stopped", Status: "stopped", Count: t.Active}}
	if s.Status == "active" {
		shares = ActiveAndStopped(t.Active, stopped)
	}
	shares = append(shares,
		ui.Total{Label: "Disabled", Status: "disabled", Count: t.Disabled},
		ui.Total{Label: "Expired", Status: "expired", Count: t.Expired},
	)
	for i := range shares {
		shares[i].Label += " keys"
	}
	return ui.Totals(true, shares...)
}

// ActiveAndStopped tells the stopped keys from the active ones, among which the totals of a list count them: to count
// them costs the API a look at each.
func ActiveAndStopped(active int, stopped *ui.Reading[api.KeyList]) []ui.Total {
	now, n := time.Now(), 0
	for _, k := range stopped.Value.Items {
		if k.At(now).Effective == api.KeyStopped {
			n++
		}
	}
	switch {
	case !stopped.Here && stopped.Err != nil:
		return []ui.Total{{Label: "Active or stopped", Filter: string(api.ActiveKeys), Count: active}}
	case stopped.Value.NextCursor != nil:
		return []ui.Total{{Label: "Active or stopped", Filter: string(api.ActiveKeys), Count: active}, {Label: "Stopped", Status: "stopped", Count: n, More: true}}
	}
	return []ui.Total{
		{Label: "Active", Status: "active", Filter: string(api.WorkingKeys), Count: max(0, active-n), Later: !stopped.Here},
		{Label: "Stopped", Status: "stopped", Count: n, Later: !stopped.Here},
	}
}
