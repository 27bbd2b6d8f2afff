package keys

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/applications"
	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// joinedCard draws the key's application and Arx.
func (d *Detail) joinedCard() app.UI {
	k, j := &d.key.Value, &d.joined.Value
	application := []app.UI{app.A().Href("/applications/" + k.Application.ID).Text(k.Application.Name)}
	arx := []app.UI{app.A().Href("/arxes/" + k.Arx.ID).Text(k.Arx.Name), app.Text(" "), ui.Tag(arxes.Env(k.Arx.Purpose))}
	if d.joined.Here {
		application = append(application, app.Small().Text(applications.TechnologyName(j.application.Technology)))
		if j.application.Owner != "" {
			application = append(application, app.Small().Body(ui.OneLine(j.application.Owner)))
		}
		arx = append(arx, app.Small().Body(ui.Whole(arxes.Place(j.arx))...))
	}
	endpoint := ui.AddressFact("Endpoint", j.arx.Endpoint, "None")
	if !d.joined.Here && d.joined.Err == nil {
		application = append(application, app.Small().Body(ui.BoneText()), app.Small().Body(ui.BoneText()))
		arx = append(arx, app.Small().Body(ui.BoneText()))
		endpoint.Value = []app.UI{ui.BoneText()}
	}
	facts := []ui.Fact{{Term: "Application", Value: application}, {Term: "Arx", Value: arx}}
	if d.joined.Err == nil || d.joined.Here {
		facts = append(facts, endpoint)
	}
	return ui.Card("joined", "Connects", nil, app.Div().Class("card-body").Body(ui.Facts(facts...)))
}

// settingsCard draws the key's settings.
func (d *Detail) settingsCard(now time.Time) app.UI {
	k := &d.key.Value
	expires := ui.TextFact("Expires", "", "Never")
	if k.ExpiresAt != nil {
		expires = ui.Fact{Term: "Expires", Value: []app.UI{ui.Moment(*k.ExpiresAt, now), soon(*k.ExpiresAt, now)}}
	}
	rotate := []app.UI{ui.Date(k.RotateBy, now)}
	if k.RotationDue {
		rotate = []app.UI{ui.Badge("due", "Rotation due"), app.Small().Body(app.Text("since "), ui.Date(k.RotateBy, now))}
	} else if d.joined.Here {
		rotate = append(rotate, app.Small().Text(ui.Sentence(arxes.Every(d.joined.Value.arx.Cycle))+", set by "+k.Arx.Name))
	} else if d.joined.Err == nil {
		rotate = append(rotate, app.Small().Body(ui.BoneText()))
	}
	facts := []ui.Fact{
		ui.TextFact("Name", k.Name, "Unnamed"),
		{Term: "Access key", Value: []app.UI{app.Code().Text(shortHint(k.Hint)), app.Small().Text("Only its hash is stored")}},
		expires,
	}
	if k.Status != api.KeyDeleted && k.Status != api.KeyExpired { // those keys are refused anyway
		facts = append(facts, ui.Fact{Term: "Rotate by", Value: rotate})
	}
	facts = append(facts, bounds(k.Scopes, k.RateLimit, k.RemainingUses, k.AllowedIPs, string(k.Metadata))...)
	facts = append(facts,
		ui.Fact{Term: "Created", Value: []app.UI{ui.Moment(k.CreatedAt, now), app.Small().Text(k.CreatedBy.Name)}},
		ui.Fact{Term: "Last used", Value: []app.UI{lastUsed(k.KeySummary, now)}},
	)
	var edit app.UI
	if k.May("update") { // otherwise the menu at the top says why
		edit = &ui.Button{Label: "Edit", Icon: "edit", Look: ui.Quiet, Small: true, OnClick: d.edit}
	}
	return ui.Card("settings", "Settings", edit, app.Div().Class("card-body").Body(ui.Facts(facts...)))
}

func (d *Detail) edit() { d.ctx.Navigate("/keys/" + d.id + "/edit") }

func soon(t, now time.Time) app.UI {
	if soon := ui.Soon(t, now); soon != "" {
		return app.Small().Class("soon").Text(ui.Sentence(soon))
	}
	return nil
}

// shortHint shortens the id in a hint, because the page shows the id already: arxk_prd_01J9…9fQa.
func shortHint(hint string) string {
	head, tail, ok := strings.Cut(hint, "…")
	if !ok || len(head) <= prefixChars+4 {
		return hint
	}
	return head[:prefixChars+4] + "…" + tail
}

// ends returns the end of an access key, from its hint.
func ends(hint string) string {
	_, tail, ok := strings.Cut(hint, "…")
	if !ok {
		return hint
	}
	return tail
}

// banners draws the states of the key that a person needs to know first.
func (d *Detail) banners(now time.Time) []app.UI {
	k := &d.key.Value
	var banners []app.UI
	if k.Status == api.KeyExpired {
		banners = append(banners, ui.Banner("warn", "clock", "This key has expired.", "It is refused as `EXPIRED`. To bring it back, edit it and choose a later expiry."))
	}
	switch {
	case k.StoppedBy != nil:
		banners = append(banners, stoppedBanner(k.KeySummary))
	case k.Status == api.KeyDeleted:
		return []app.UI{ui.Banner("", "trash", "This key is deleted.", "It is refused as `NOT_FOUND`, and can’t be brought back. It stays listed for 90 days.")}
	case k.Application.Status != api.ApplicationActive && k.Application.Status != "":
		banners = append(banners, ui.Banner("warn", "pause", k.Application.Name+" is "+string(k.Application.Status)+".", "While it is, none of its keys verifies."))
	case k.Arx.Status != api.ArxActive && k.Arx.Status != "":
		banners = append(banners, ui.Banner("warn", "pause", k.Arx.Name+" is "+string(k.Arx.Status)+".", "While it is, none of its keys verifies."))
	}
	if k.OverlapUntil == nil {
		return banners
	}
	end := &ui.Button{Label: "End it now", Small: true, Disabled: !k.May("end_overlap"), OnClick: d.startEndOverlap}
	return append(banners, ui.Banner("", "rotate", "The previous access key works until "+untilText(*k.OverlapUntil, now)+".", d.olderUse(now), end))
}

// untilText returns the end of an overlap, within a sentence.
func untilText(t, now time.Time) string {
	return ui.InText(t, t.In(now.Location()).Format("2 January, 15:04"))
}

// stoppedBanner draws what stops the key, with a link to the application or Arx.
func stoppedBanner(k api.KeySummary) app.UI {
	noun, name, href, code := "application", k.Application.Name, "/applications/"+k.Application.ID, api.CodeApplicationInactive
	state, undo := string(k.Application.Status), "enabling the application"
	switch *k.StoppedBy {
	case api.ByArchivedApplication:
		undo = "unarchiving and enabling the application"
	case api.ByDisabledArx:
		noun, name, href, code = "Arx", k.Arx.Name, "/arxes/"+k.Arx.ID, api.CodeArxInactive
		state, undo = string(k.Arx.Status), "enabling the Arx"
	}
	return ui.Banner("bad", "stop", "This key is stopped: its "+noun+", "+name+", is "+state+".",
		"It is refused as `"+string(code)+"`. Nothing is wrong with the key; "+undo+" brings it back.",
		app.A().Class("btn", "btn-secondary", "btn-sm").Href(href).Text("Open "+noun))
}

// olderUse says whether the previous access key is still in use.
func (d *Detail) olderUse(now time.Time) string {
	u := d.use.Reading.Value.AccessKeys
	switch {
	case !d.use.Reading.Here || u.Older == nil:
		return "Whoever holds it has until then to switch."
	case u.Older.LastUsedAt == nil && u.Newest.LastUsedAt == nil:
		return "It ends in `" + ends(u.Older.Hint) + "`. Neither of the two has been used since the rotation."
	case u.Older.LastUsedAt == nil:
		return "It ends in `" + ends(u.Older.Hint) + "` and has not been used since the rotation. The newest has, so you can end the overlap."
	}
	return "It ends in `" + ends(u.Older.Hint) + "` and was last used " + ui.AgoInText(*u.Older.LastUsedAt, now) + ", so a holder has not switched yet."
}
