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

// Edit is the page that edits the settings of an API key. The input survives a reload and the end of the
// session. It is bound to the key's version when the page opened: if somebody else has changed the key
// since, the person sees the changes before anything is overwritten.
type Edit struct {
	app.Compo
	session session
	ctx     app.Context
	id      string

	key      ui.Reading[api.Key]
	base     api.Key // the version that the settings are based on
	settings settings
	editor   editor
	begun    bool // the settings are loaded
	merged   bool // somebody else's changes were merged into the settings
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

// OnNav reads another key if the address names another one.
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

// begunUpon is the draft of an edit: the settings, and the version of the key that they are based on.
type begunUpon struct {
	Key      api.Key  `json:"key"`
	Version  string   `json:"version"`
	Settings settings `json:"settings"`
}

// settle starts with the current key or, if the tab has one, with the draft of an edit.
func (e *Edit) settle() {
	switch {
	case e.key.Err != nil:
		return
	case e.begun: // reloaded after a conflict
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

// merge takes over somebody else's changes, except in settings that were changed here.
func (e *Edit) merge() {
	e.settings = mergeSettings(settingsOf(e.base), settingsOf(e.key.Value), e.settings)
	e.base, e.merged, e.err = e.key.Value, true, nil
	e.save()
	ui.Announce(e.ctx, "Somebody else has changed this key.")
}

// mergeSettings returns mine, but theirs where mine equals the base.
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

// draftName returns the name of the draft for a key's edit.
func (e *Edit) draftName() string { return "edit/" + e.id }

func (e *Edit) save() {
	e.session.KeepDraft(e.draftName(), begunUpon{Key: e.base, Version: e.base.Version, Settings: e.settings})
}

func (e *Edit) leave() {
	e.session.DropDraft(e.draftName())
	e.ctx.Navigate("/keys/" + e.id)
}

// request returns the changes, bound to the version that they are based on.
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

// submit saves the changes, if there are any.
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
	head.Back.Text = k.Title()
	head.Lead = "Everything but its application and its Arx can be changed."
	if !k.May("update") {
		return ui.Page(head, ui.Banner("warn", "warning", "This key can’t be changed.", k.Why["update"]))
	}
	now := time.Now()
	options, hint := expiryOptions, ""
	if k.ExpiresAt != nil {
		options = keeping(*k.ExpiresAt, now)
		if e.settings.Expiry == asIs {
			verb := "expires"
			if !k.ExpiresAt.After(now) {
				verb = "expired"
			}
			hint = "It " + verb + " on " + ui.InText(*k.ExpiresAt, k.ExpiresAt.In(now.Location()).Format("2 Jan 2006, 15:04")) + ". "
		}
	}
	hint += "Rotation is due by " + ui.InText(k.RotateBy, ui.Day(k.RotateBy, now)) + " either way, at " + k.Arx.Name + " (" + arxes.PurposeName(k.Arx.Purpose) + ")."
	return ui.Page(head,
		ui.Slot(e.conflict(), e.failure()),
		app.Form().Attr("novalidate", true).OnSubmit(e.onSubmit).Body(
			app.Section().Class("card").Aria("label", "Settings").Body(
				e.editor.fields(options, hint),
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

// conflict draws that somebody else has changed the key.
func (e *Edit) conflict() app.UI {
	if !e.merged {
		return nil
	}
	return ui.Banner("warn", "warning", "Somebody else has changed this key meanwhile.",
		"Nothing was saved yet. Your changes are kept; everything else shows the current values. Check them and save again.")
}

func (e *Edit) failure() app.UI {
	switch {
	case e.err == nil:
		return nil
	case ui.Unknown(e.err):
		return ui.Banner("bad", "warning", "It is unknown whether the settings were saved.", problem.Of(e.err).Detail+" It is safe to save them again.")
	}
	return ui.Banner("bad", "warning", "The settings were not saved.", problem.Of(e.err).Detail)
}
