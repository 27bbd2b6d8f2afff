package overview

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/activity"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// matter is something that needs attention.
type matter struct {
	icon, tone   string
	text, detail string
	action, href string           // label and address of the link to their list; empty if there is no such list
	keys         []api.KeySummary // linked after the detail
	count        int              // number of these keys
	more         bool             // there may be more than count
}

// matters returns what needs attention, the most urgent first.
func matters(v api.Overview, now time.Time) []matter {
	var out []matter
	a := v.Attention
	if few := a.Expiring; few.Count > 0 {
		out = append(out, matter{
			icon: "clock", tone: "warn", text: counted(few.Count, few.More, "key expires within 7 days", "keys expire within 7 days") + ".",
			detail: "Next: " + few.Items[0].Title() + ", " + when(*few.Items[0].ExpiresAt, now) + ".",
			action: "Review", href: "/keys?sort=expires_at&status=expiring",
		})
	}
	if few := a.RotationDue; few.Count > 0 {
		out = append(out, matter{
			icon: "rotate", tone: "warn", text: counted(few.Count, few.More, "key is past its rotation date", "keys are past their rotation date") + ".",
			detail: "Since " + day(few.Items[0].RotateBy, now) + ": " + few.Items[0].Title() + ". They still work.",
			action: "Review", href: "/keys?sort=rotate_by&status=rotation_due",
		})
	}
	if few := a.OverlapsOpen; few.Count > 0 {
		out = append(out, matter{
			icon: "key", text: counted(few.Count, few.More, "key has two access keys", "keys have two access keys") + ".",
			detail: "Next to end, " + when(*few.Items[0].OverlapUntil, now) + ": ", keys: few.Items, count: few.Count, more: few.More,
		})
	}
	if few := a.Stopped; few.Count > 0 {
		out = append(out, matter{
			icon: "stop", tone: "bad", text: counted(few.Count, few.More, "key is stopped", "keys are stopped") + ".",
			detail: causes(few),
			action: "Review", href: "/keys?status=stopped",
		})
	}
	if few := a.Unused; few.Count > 0 {
		out = append(out, matter{
			icon: "eye-off", text: counted(few.Count, few.More, "key was not used in 90 days", "keys were not used in 90 days") + ".",
			detail: checked(a.UnusedAsOf, now) + "Perhaps no longer needed: ", keys: few.Items, count: few.Count, more: few.More,
			action: "Review", href: "/keys?status=unused",
		})
	}
	if few := a.DisabledApplications; few.Count > 0 {
		out = append(out, matter{
			icon: "pause", text: counted(few.Count, few.More, "application is disabled", "applications are disabled") + ".",
			detail: names(few.Items, func(p api.KeyApplication) string { return p.Name }, few.Count) + ". None of the keys verifies.",
			action: "Show", href: "/applications?status=disabled",
		})
	}
	if few := a.DisabledArxes; few.Count > 0 {
		out = append(out, matter{
			icon: "pause", text: counted(few.Count, few.More, "Arx is disabled", "Arxes are disabled") + ".",
			detail: names(few.Items, func(p api.KeyArx) string { return p.Name }, few.Count) + ". None of the keys verifies.",
			action: "Show", href: "/arxes?status=disabled",
		})
	}
	return out
}

func counted(n int, more bool, one, many string) string {
	if more {
		return "At least " + ui.Count(n) + " " + many
	}
	return ui.Counted(n, one, many)
}

// causes says what stops the keys: Billing and Production EU are not active.
func causes(few api.Few[api.KeySummary]) string {
	var off []string
	for _, k := range few.Items {
		name := k.Application.Name
		if k.StoppedBy != nil && *k.StoppedBy == api.ByDisabledArx {
			name = k.Arx.Name
		}
		if !slices.Contains(off, name) {
			off = append(off, name)
		}
	}
	last := len(off) - 1
	if last < 0 {
		return "Their applications or Arxes are not active."
	}
	names, verb := off[last], "is"
	if last > 0 {
		names, verb = strings.Join(off[:last], ", ")+" and "+off[last], "are"
	}
	if few.Count > len(few.Items) || few.More {
		return "The latest are those of " + names + ", which " + verb + " not active."
	}
	return names + " " + verb + " not active."
}

// checked says when the daily job last looked for unused keys.
func checked(at *time.Time, now time.Time) string {
	if at == nil {
		return ""
	}
	return "Checked " + ui.AgoInText(*at, now) + ". "
}

func when(t, now time.Time) string {
	if soon := ui.Soon(t, now); soon != "" {
		return ui.InText(t, soon)
	}
	return day(t, now)
}

func day(t, now time.Time) string { return ui.InText(t, ui.Day(t, now)) }

// names lists the names of the items, which are the first of count.
func names[Item any](items []Item, name func(Item) string, count int) string {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = name(item)
	}
	return ui.Listed(words, count)
}

// small draws the detail with links to the keys.
func (m matter) small() app.UI {
	body := ui.Timed(m.detail)
	for i, k := range m.keys {
		if i > 0 {
			body = append(body, app.Text(", "))
		}
		body = append(body, app.A().Href("/keys/"+k.ID).Text(k.Title()))
	}
	if len(m.keys) > 0 {
		rest := ui.Besides(m.count - len(m.keys))
		if m.more {
			rest = " and more"
		}
		body = append(body, app.Text(rest+"."))
	}
	return app.Small().Body(body...)
}

func attention(v api.Overview) app.UI {
	found := matters(v, time.Now())
	head := []app.UI{app.H2().ID("attention-title").Text("Needs attention")}
	card := app.Section().Class("card").Aria("labelledby", "attention-title")
	if len(found) == 0 {
		return card.Body(app.Header().Class("card-head").Body(head...),
			app.Div().Class("card-body", "calm").Body(ui.Icon("check"), app.P().Text("Nothing needs attention. No key expires within 7 days, is due for rotation, has two access keys, is stopped or unused, and no application or Arx is disabled.")))
	}
	items := make([]app.UI, len(found))
	for i, m := range found {
		icon := ui.Icon(m.icon).(app.HTMLElem)
		if m.tone != "" {
			icon.DataSet("tone", m.tone)
		}
		items[i] = app.Li().Body(icon,
			app.Div().Class("grow").Body(app.P().Body(app.B().Text(m.text)), m.small()),
			app.If(m.href != "", app.A().Class("btn", "btn-secondary", "btn-sm").Href(m.href).Aria("label", m.action+": "+strings.TrimSuffix(m.text, ".")).Text(m.action)))
	}
	return card.Body(app.Header().Class("card-head").Body(append(head, app.Span().Class("hint").Text(ui.Counted(len(found), "item", "items")))...), app.Ul().Class("list").Body(items...))
}

// changes draws the latest events, or who may see them if the person may not.
func changes(v api.Overview) app.UI {
	card := app.Section().Class("card").Aria("labelledby", "changes-title")
	head := []app.UI{app.H2().ID("changes-title").Text("Recent changes")}
	switch {
	case !v.May("read_activity") && len(v.Events) == 0:
		return card.Body(app.Header().Class("card-head").Body(head...),
			app.Div().Class("card-body").Body(app.P().Class("hint").Text("Owners and admins see the latest changes here. "+v.Why["read_activity"])))
	case len(v.Events) == 0:
		return card.Body(app.Header().Class("card-head").Body(head...), app.Div().Class("card-body").Body(app.P().Class("hint").Text("Nothing yet.")))
	}
	now := time.Now()
	var items []app.UI
	for i, e := range v.Events {
		if i == maxChanges {
			break
		}
		items = append(items, activity.Said(e, now))
	}
	return card.Body(
		app.Header().Class("card-head").Body(append(head, app.A().Class("more").Href("/activity").Text("All activity"))...),
		app.Ol().Class("timeline").Body(items...),
	)
}

// maxChanges is the number of changes shown.
const maxChanges = 6
