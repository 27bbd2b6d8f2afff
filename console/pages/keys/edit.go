package keys

import (
	"context"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Edit is the page that changes the settings of an API key. What is entered outlives a reload and a
// session that ends, and is bound to the key as it was when the page opened: where somebody else
// has changed it since, nothing is overwritten before it was seen.
type Edit struct {
	app.Compo
	session session
	ctx     app.Context
	id      string

	key      ui.Reading[api.Key]
	base     api.Key // what the settings were entered upon
	settings settings
	editor   editor
	begun    bool // the settings are there
	merged   bool // another change came in between
	running  bool
	err      error
}

// NewEdit returns the page.
func NewEdit(s session) *Edit {
	e := &Edit{session: s}
	e.editor = editor{settings: &e.settings, left: true, form: ui.Form{Changed: e.save}, invalid: func() error { return e.invalid(time.Now()) }}
	return e
}

// OnMount reads the key that the address names.
func (e *Edit) OnMount(ctx app.Context) {
	e.ctx = ctx
	e.visit()
}

// OnNav reads another key where the address names another.
func (e *Edit) OnNav(app.Context) { e.visit() }

func (e *Edit) visit() {
	if id := idOf(e.ctx.Page().URL().Path); id != e.id {
		e.id, e.begun, e.merged, e.err = id, false, false, nil
		e.key.Forget()
		e.editor.form.Forget()
		e.read()
	}
}

func (e *Edit) read() {
	id := e.id
	e.key.Start(e.ctx, func(ctx context.Context) (api.Key, error) {
		return client.Call(ctx, e.session.Client(), api.GetKey, api.KeyID{ID: id})
	}, e.settle)
}

// begunUpon is what the tab keeps of an edit: the settings, and the key that they were entered upon.
type begunUpon struct {
	Key      api.Key  `json:"key"`
	Version  string   `json:"version"`
	Settings settings `json:"settings"`
}

// settle begins with the key as it is or, where the tab has kept one, with the edit of before.
func (e *Edit) settle() {
	switch {
	case e.key.Err != nil:
		return
	case e.begun: // it was read again, after a conflict
		e.merge()
		return
	}
	e.begun, e.base, e.settings = true, e.key.Value, settingsOf(e.key.Value)
	var kept begunUpon
	if !e.session.Draft(e.draftName(), &kept) || kept.Key.ID != e.id {
		return
	}
	e.base, e.settings = kept.Key, kept.Settings
	if e.base.Version = kept.Version; e.base.Version != e.key.Value.Version {
		e.merge()
	}
}

// merge takes over what somebody else has changed meanwhile, and keeps what was changed here.
func (e *Edit) merge() {
	e.settings = mergeSettings(settingsOf(e.base), settingsOf(e.key.Value), e.settings)
	e.base, e.merged, e.err = e.key.Value, true, nil
	e.save()
	ui.Announce(e.ctx, "Somebody else has changed this key meanwhile.")
}

// mergeSettings returns mine, with theirs where mine are as they were.
func mergeSettings(before, theirs, mine settings) settings {
	pick(&mine.Name, before.Name, theirs.Name)
	pick(&mine.Expiry, before.Expiry, theirs.Expiry)
	if mine.Rate == before.Rate && mine.Window == before.Window {
		mine.Rate, mine.Window = theirs.Rate, theirs.Window
	}
	pick(&mine.Uses, before.Uses, theirs.Uses)
	pick(&mine.Metadata, before.Metadata, theirs.Metadata)
	if slices.Equal(mine.scopes(), before.scopes()) {
		mine.Scopes, mine.Scope = theirs.Scopes, theirs.Scope
	}
	if slices.Equal(mine.ips(), before.ips()) {
		mine.IPs, mine.IP = theirs.IPs, theirs.IP
	}
	return mine
}

func pick[T comparable](mine *T, before, theirs T) {
	if *mine == before {
		*mine = theirs
	}
}

// draftName names the edit of a key.
func (e *Edit) draftName() string { return "edit/" + e.id }

func (e *Edit) save() {
	e.session.KeepDraft(e.draftName(), begunUpon{Key: e.base, Version: e.base.Version, Settings: e.settings})
}

func (e *Edit) leave() {
	e.session.DropDraft(e.draftName())
	e.ctx.Navigate("/keys/" + e.id)
}

// request is what is changed, bound to what it was changed upon.
func (e *Edit) request(now time.Time) api.UpdateKeyRequest {
	r := e.settings.change(e.base, now)
	r.ID, r.Conditional = e.id, api.IfVersion(e.base.Version)
	return r
}

func (e *Edit) invalid(now time.Time) error {
	fields := e.settings.wrongDate(now)
	if p := problem.Of(e.request(now).Validate()); p != nil {
		fields = append(fields, p.Fields...)
	}
	if len(fields) == 0 {
		return nil
	}
	return problem.Invalid(fields...)
}

// submit saves what was changed, and nothing where nothing was.
func (e *Edit) submit() {
	if !e.begun || e.running {
		return
	}
	now := time.Now()
	if !e.editor.form.Submit(e.invalid(now)) {
		ui.FocusError(e.ctx)
		return
	}
	request := e.request(now)
	if isEmpty(request) {
		e.leave()
		return
	}
	e.running, e.err = true, nil
	e.ctx.Async(func() {
		_, err := client.Call(e.ctx, e.session.Client(), api.UpdateKey, request)
		e.ctx.Dispatch(func(app.Context) { e.after(err) })
	})
}

func (e *Edit) after(err error) {
	e.running = false
	switch {
	case err == nil:
		ui.Notify(e.ctx, ui.Toast{Text: "The settings are saved.", Detail: "They count from the next request on."})
		e.leave()
	case problem.Is(err, problem.Changed):
		e.read()
	case e.editor.form.Tell(err):
		ui.FocusError(e.ctx)
	default:
		e.err = err
		ui.Announce(e.ctx, "The settings were not saved.")
	}
}

// Render draws the page.
func (e *Edit) Render() app.UI {
	head := ui.Head{Title: "Edit API key", Back: &ui.Link{Text: "API key", Href: "/keys/" + e.id}}
	switch {
	case e.begun:
	case e.key.Err != nil:
		return ui.Page(head, shell.Failure("The key could not be loaded", e.key.Err, false, e.key.Running, e.read))
	default:
		return ui.Page(head, ui.Waiting(e.key.Slow))
	}
	k := &e.base
	head.Back.Text = title(k.KeySummary)
	head.Lead = "Everything but its application and its Arx can be changed."
	if !k.May("update") {
		return ui.Page(head, ui.Banner("warn", "warning", "This key can’t be changed.", k.Why["update"]))
	}
	options := expiryOptions
	if k.ExpiresAt != nil {
		options = append([]ui.Option{{Value: string(asIs), Label: "As it is: " + ui.Day(*k.ExpiresAt, time.Now())}}, options...)
	}
	return ui.Page(head,
		ui.Slot(e.conflict(), e.failure()),
		app.Form().Attr("novalidate", true).OnSubmit(e.onSubmit).Body(
			app.Section().Class("card").Aria("label", "Settings").Body(
				e.editor.fields(options, "Rotation is due by "+ui.Day(k.RotateBy, time.Now())+" either way, at "+k.Arx.Name+" ("+arxes.PurposeName(k.Arx.Purpose)+")."),
				app.Footer().Class("wizard-foot").Body(
					app.Span().Class("push"),
					&ui.Button{Label: "Cancel", Disabled: e.running, OnClick: e.leave},
					&ui.Button{ID: "save", Label: "Save", Look: ui.Primary, Submit: true, Busy: e.running},
				),
			),
		),
	)
}

func (e *Edit) onSubmit(_ app.Context, event app.Event) {
	event.PreventDefault()
	e.submit()
}

// conflict says that somebody else has changed the key meanwhile.
func (e *Edit) conflict() app.UI {
	if !e.merged {
		return nil
	}
	return ui.Banner("warn", "warning", "Somebody else has changed this key meanwhile.",
		"Nothing was saved yet. What you have not touched shows as it is now, and what you have changed is kept. Check it, and save again.")
}

func (e *Edit) failure() app.UI {
	switch {
	case e.err == nil:
		return nil
	case ui.Unknown(e.err):
		return ui.Banner("bad", "warning", "It is not known whether the settings were saved.", problem.Of(e.err).Detail+" Saving the same again does no harm.")
	}
	return ui.Banner("bad", "warning", "The settings were not saved.", problem.Of(e.err).Detail)
}
