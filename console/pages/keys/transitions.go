package keys

import (
	"cmp"
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// disabling returns the confirmation for disabling the key.
func disabling(c *client.Client, k api.KeySummary, done func(api.Key)) ui.Confirm {
	var is api.Key
	return ui.Confirm{
		Title: "Disable API key", Verb: "Disable", Calm: true,
		Lead:  "From the next request on, this key is refused as `DISABLED`. Enabling it brings it back as it was.",
		Stops: stops(k), Failed: "It was not disabled.",
		Do: func(ctx context.Context) (err error) {
			is, err = client.Call(ctx, c, api.DisableKey, api.Target{ID: k.ID})
			return err
		},
		Done: func() { done(is) },
	}
}

// deletion returns the confirmation for deleting the key. A person may type its access key: the browser
// checks it, and only the id is sent.
func deletion(c *client.Client, k api.KeySummary, alternative *ui.Alternative, done func(api.Key)) ui.Confirm {
	var is api.Key
	return ui.Confirm{
		Title: "Delete API key", Verb: "Delete",
		Lead:        "From the next request on, this key is refused as `NOT_FOUND`. It can’t be brought back.",
		Stops:       stops(k),
		Alternative: alternative,
		Expected:    k.ID, Judge: func(typed string) (right, wrong string) { return judge(typed, k.ID) },
		Hint:     "You may paste the access key instead. It is checked in this browser and goes nowhere.",
		CopyName: "Copy API key", Failed: "It was not deleted.",
		Do: func(ctx context.Context) (err error) {
			is, err = client.Call(ctx, c, api.DeleteKey, api.Target{ID: k.ID})
			return err
		},
		Done: func() { done(is) },
	}
}

// instead offers to disable the key instead of deleting it. It returns nil if that is not allowed.
func instead(k api.KeySummary, disable func()) *ui.Alternative {
	if !k.May("disable") {
		return nil
	}
	return &ui.Alternative{Before: "To stop it for a while,", Label: "disable it", After: "instead.", Do: disable}
}

// stops describes what stops with the key.
func stops(k api.KeySummary) ui.Stops {
	now := time.Now()
	s := ui.Stops{Facts: func() []ui.Fact {
		return []ui.Fact{
			ui.TextFact("API key", k.Name, "Unnamed key"),
			ui.TextFact("Application", k.Application.Name, ""),
			{Term: "Arx", Value: []app.UI{app.Text(k.Arx.Name + " "), ui.Tag(arxes.Env(k.Arx.Purpose))}},
			{Term: "Last used", Value: []app.UI{lastUsed(k, time.Now())}},
			ui.TextFact("Uses, 24 h", ui.Count(k.Uses24h), ""),
		}
	}}
	if used := k.LastUsedAt; used != nil && now.Sub(*used) < 24*time.Hour && k.Effective == api.KeyVerifies {
		s.Warning, s.Detail = k.Application.Name+" is using it.", "Its last request came "+ui.AgoInText(*used, now)+"."
		if k.Uses24h > 0 {
			s.Detail = ui.Counted(k.Uses24h, "request", "requests") + " in the last 24 hours, the last one " + ui.AgoInText(*used, now) + "."
		}
	}
	return s
}

// enable enables the key without asking, because that stops nothing.
func enable(ctx app.Context, runner *ui.ActionRunner, c *client.Client, k api.KeySummary, done func(api.Key)) {
	var is api.Key
	runner.Do(ctx, func(ctx context.Context) (err error) {
		is, err = client.Call(ctx, c, api.EnableKey, api.Target{ID: k.ID})
		return err
	}, k.Title()+" was not enabled.", func() {
		ui.Notify(ctx, enabled(is))
		done(is)
	})
}

// enabled is the toast that says that the key is enabled.
func enabled(is api.Key) ui.Toast {
	return ui.Toast{Text: is.Title() + " is enabled.", Detail: cmp.Or(still(is.KeySummary), "It verifies again from the next request on."), Is: is}
}

const staysStopped = "It stays stopped while its application or its Arx is not active."

// still says why the key is refused whatever its access key, or returns "" if it is not.
func still(k api.KeySummary) string {
	switch k.Effective {
	case api.KeyVerifies:
		return ""
	case api.KeyStopped:
		return staysStopped
	}
	return "It is refused while it is " + string(k.Effective) + "."
}

// disabled is the toast that says that the key is disabled, and can undo that.
func disabled(c *client.Client, k api.KeySummary) ui.Toast {
	return ui.Toast{
		Text: k.Title() + " is disabled.", Detail: "It is refused from the next request on.",
		NotUndone: k.Title() + " was not enabled.",
		Undo: func(ctx context.Context) (ui.Toast, error) {
			is, err := client.Call(ctx, c, api.EnableKey, api.Target{ID: k.ID})
			return enabled(is), err
		},
	}
}

func (l *List) startDeletion(k api.KeySummary) {
	l.confirm.Open(l.ctx, deletion(l.session.Client(), k, instead(k, func() { l.startDisabling(k) }), func(is api.Key) {
		ui.Notify(l.ctx, ui.Toast{Text: k.Title() + " is deleted.", Detail: "It is refused from the next request on."})
		l.changed(is)
	}))
}

func (l *List) startDisabling(k api.KeySummary) {
	l.confirm.Open(l.ctx, disabling(l.session.Client(), k, func(is api.Key) {
		ui.Notify(l.ctx, disabled(l.session.Client(), k))
		l.changed(is)
	}))
}

func (l *List) enable(k api.KeySummary) {
	enable(l.ctx, &l.runner, l.session.Client(), k, l.changed)
}

// buttons returns the actions at the top of the key's page.
func (d *Detail) buttons() []app.UI {
	k := &d.key.Value
	if k.Status == api.KeyDeleted {
		return nil
	}
	rotate := ui.Action{Label: "Rotate", Icon: "rotate", Refuse: k.WhyNot("rotate"), Do: d.startRotation}
	if k.May("replace") { // an overlap is running: the newest access key can be replaced
		rotate.Refuse = ""
	}
	pause := ui.Action{Label: "Disable", Icon: "pause", Refuse: k.WhyNot("disable"), Do: d.startDisabling}
	if k.Status == api.KeyDisabled || k.Status == api.KeyExpired && !k.May("disable") {
		pause = ui.Action{Label: "Enable", Icon: "play", Refuse: k.WhyNot("enable"), Do: d.enable}
	}
	return ui.TopActions(d.id, k.Title(), 2, []ui.Action{
		rotate, pause,
		{Label: "Edit", Icon: "edit", Refuse: k.WhyNot("update"), Do: d.edit},
		{Label: "Duplicate", Icon: "duplicate", Do: d.duplicate},
		{Label: "Copy API key", Icon: "copy", Do: func() { d.copyID(d.id) }},
		{Label: "Delete", Icon: "trash", Ends: true, Refuse: k.WhyNot("delete"), Do: d.startDeletion},
	})
}

func (d *Detail) startDeletion() {
	k := d.key.Value.KeySummary
	d.confirm.Open(d.ctx, deletion(d.session.Client(), k, instead(k, d.startDisabling), func(api.Key) {
		ui.Notify(d.ctx, ui.Toast{Text: k.Title() + " is deleted.", Detail: "It is refused from the next request on."})
		d.ctx.Navigate("/keys")
	}))
}

func (d *Detail) startDisabling() {
	k := d.key.Value.KeySummary
	d.confirm.Open(d.ctx, disabling(d.session.Client(), k, func(is api.Key) {
		ui.Notify(d.ctx, disabled(d.session.Client(), k))
		d.changed(is)
	}))
}

func (d *Detail) enable() {
	enable(d.ctx, &d.runner, d.session.Client(), d.key.Value.KeySummary, d.changed)
}

// startEndOverlap opens the confirmation for ending the overlap.
func (d *Detail) startEndOverlap() {
	k, c := d.key.Value.KeySummary, d.session.Client()
	now := time.Now()
	var is api.Key
	d.confirm.Open(d.ctx, ui.Confirm{
		Title: "End overlap", Verb: "End overlap",
		Lead:   "From the next request on, the previous access key is refused. The newest stays valid.",
		Stops:  ui.Stops{Warning: d.olderWarning(now), Detail: d.olderUse(now), Facts: d.accessKeyFacts},
		Failed: "The overlap was not ended.",
		Do: func(ctx context.Context) (err error) {
			is, err = client.Call(ctx, c, api.EndKeyOverlap, api.Target{ID: k.ID})
			return err
		},
		Done: func() {
			ui.Notify(d.ctx, ui.Toast{Text: "The overlap is ended.", Detail: "Only the newest access key of " + k.Title() + " is valid."})
			ui.FocusTitle(d.ctx)
			d.changed(is)
		},
	})
}

func (d *Detail) olderWarning(now time.Time) string {
	older := d.use.Reading.Value.AccessKeys.Older
	if older == nil || older.LastUsedAt == nil || now.Sub(*older.LastUsedAt) > 24*time.Hour {
		return ""
	}
	return "The older access key is in use."
}

// accessKeyFacts returns which of the two access keys is in use.
func (d *Detail) accessKeyFacts() []ui.Fact {
	u := d.use.Reading.Value.AccessKeys
	if !d.use.Reading.Here || u.Older == nil {
		return []ui.Fact{ui.TextFact("Use", "", "Not known")}
	}
	return []ui.Fact{accessKeyFact("Newest", u.Newest), accessKeyFact("Previous", *u.Older)}
}

func accessKeyFact(term string, u api.AccessKeyUse) ui.Fact {
	value := []app.UI{app.Code().Text("…" + ends(u.Hint))}
	if u.LastUsedAt == nil {
		return ui.Fact{Term: term, Value: append(value, app.Small().Text("Not used since the rotation"))}
	}
	return ui.Fact{Term: term, Value: append(value, app.Small().Body(ui.Timed(ui.LastUsed(u.LastUsedAt, time.Now()))...))}
}
