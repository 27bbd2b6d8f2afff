package keys

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	deleteDialog = "delete-key"
	deleteField  = "delete-key-confirm"
)

// deletion is the dialog that deletes an API key.
type deletion struct {
	key     api.KeySummary
	typed   string // perhaps an access key: it stays here
	running bool
	err     error
}

func (l *List) startDeletion(k api.KeySummary) {
	l.deletion = &deletion{key: k}
	ui.OpenDialog(l.ctx, deleteDialog, deleteField)
}

func (l *List) typeID(text string) {
	if l.deletion != nil {
		l.deletion.typed = text
	}
}

func (l *List) copyDeletedID() {
	if l.deletion != nil {
		l.copyID(l.deletion.key.ID)
	}
}

func (l *List) cancelDeletion() {
	if l.deletion != nil && !l.deletion.running {
		ui.CloseDialog(deleteDialog)
		l.deletion = nil
	}
}

// deleteKey deletes, if what was typed is right: the button's state is no proof.
func (l *List) deleteKey() {
	d := l.deletion
	if d == nil || d.running {
		return
	}
	if right, _ := judge(d.typed, d.key.ID); right == "" {
		return
	}
	d.running, d.err = true, nil
	l.ctx.Async(func() {
		_, err := client.Call(l.ctx, l.session.Client(), api.DeleteKey, api.KeyID{ID: d.key.ID})
		l.ctx.Dispatch(func(app.Context) { l.afterDeletion(d, err) })
	})
}

// afterDeletion shows what came of it. The list is read again, so that row and totals are right.
func (l *List) afterDeletion(d *deletion, err error) {
	d.running, d.err = false, err
	if err != nil {
		return
	}
	ui.CloseDialog(deleteDialog)
	l.deletion = nil
	ui.Notify(l.ctx, ui.Toast{Text: title(d.key) + " is deleted.", Detail: "It is refused from the next request on."})
	ui.FocusTitle(l.ctx)
	l.read()
}

func (l *List) dialog() app.UI {
	d, now := l.deletion, time.Now()
	right, wrong := judge(d.typed, d.key.ID)
	var body []app.UI
	if used := d.key.LastUsedAt; used != nil && now.Sub(*used) < 24*time.Hour {
		body = append(body, ui.Banner("warn", "warning", d.key.Application.Name+" is using it.", "Its last request came "+ui.Ago(*used, now)+"."))
	}
	body = append(body,
		app.Div().Class("stops").Attr("role", "group").Aria("label", "What will stop").Body(ui.Facts(
			ui.TextFact("API key", d.key.Name, "Unnamed key"),
			ui.TextFact("Application", d.key.Application.Name, ""),
			ui.Fact{Term: "Arx", Value: []app.UI{app.Text(d.key.Arx.Name + " "), ui.Env(arxes.Env(d.key.Arx.Purpose))}},
			ui.Fact{Term: "Last used", Value: []app.UI{lastUsed(d.key, now)}},
		)),
		&ui.Confirmation{
			ID: deleteField, Expected: d.key.ID, Value: d.typed, Right: right, Wrong: wrong,
			Hint:     "You may paste the access key instead. It is checked in this browser and goes nowhere.",
			CopyName: "Copy API key", Copied: l.clipboard.Has(d.key.ID), OnInput: l.typeID, OnCopy: l.copyDeletedID,
		},
	)
	if d.err != nil {
		body = append(body, ui.Banner("bad", "warning", "It was not deleted.", problem.Of(d.err).Detail))
	}
	return ui.Dialog{
		ID: deleteDialog, Title: "Delete API key",
		Lead: ui.Prose("From the next request on, this key is refused as `NOT_FOUND`. It can’t be brought back."),
		Body: body,
		Foot: []app.UI{
			&ui.Button{Label: "Cancel", OnClick: l.cancelDeletion},
			&ui.Button{Label: "Delete", Look: ui.Danger, Submit: true, Disabled: right == "", Busy: d.running},
		},
		OnSubmit: l.deleteKey, OnCancel: l.cancelDeletion,
	}.UI()
}
