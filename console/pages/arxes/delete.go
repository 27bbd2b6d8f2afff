package arxes

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	deleteDialog = "delete-arx"
	deleteField  = "delete-arx-name"
)

// deletion is the dialog that deletes an Arx.
type deletion struct {
	arx     api.Arx
	typed   string
	running bool
	err     error
}

// judge says whether what was typed names the Arx: why it does, or why it does not.
func judge(typed, name string) (right, wrong string) {
	switch trimmed := strings.TrimSpace(typed); {
	case typed == "":
		return "", ""
	case typed == name:
		return "That is this Arx.", ""
	case strings.HasPrefix(name, typed):
		return "", "" // on the way
	case trimmed == name:
		return "", "There is a blank before or after it. Take it away."
	case strings.EqualFold(trimmed, name):
		return "", "Upper and lower case differ: write it as it stands above."
	}
	return "", "That is not the name of this Arx."
}

func (l *List) startDeletion(a api.Arx) {
	l.deletion = &deletion{arx: a}
	ui.OpenDialog(l.ctx, deleteDialog, deleteField)
}

func (l *List) typeName(text string) {
	if l.deletion != nil {
		l.deletion.typed = text
	}
}

func (l *List) copyName() {
	if l.deletion != nil {
		l.clipboard.Copy(l.ctx, l.deletion.arx.Name, "Name")
	}
}

func (l *List) cancelDeletion() {
	if l.deletion != nil && !l.deletion.running {
		ui.CloseDialog(deleteDialog)
		l.deletion = nil
	}
}

// deleteArx deletes, if what was typed is right: the button's state is no proof.
func (l *List) deleteArx() {
	d := l.deletion
	if d == nil || d.running {
		return
	}
	if right, _ := judge(d.typed, d.arx.Name); right == "" {
		return
	}
	d.running, d.err = true, nil
	l.ctx.Async(func() {
		_, err := client.Call(l.ctx, l.session.Client(), api.DeleteArx, api.ArxID{ID: d.arx.ID})
		l.ctx.Dispatch(func(app.Context) { l.afterDeletion(d, err) })
	})
}

// afterDeletion shows what came of it.
func (l *List) afterDeletion(d *deletion, err error) {
	d.running, d.err = false, err
	if err != nil {
		return
	}
	ui.CloseDialog(deleteDialog)
	l.deletion = nil
	ui.Notify(l.ctx, ui.Toast{Text: d.arx.Name + " is deleted.", Detail: stopped(d.arx.Keys.Total)})
	ui.FocusTitle(l.ctx)
	l.read()
}

// stopped says what the deletion of an Arx with so many keys stops.
func stopped(keys int) string {
	switch keys {
	case 0:
		return "It had no keys."
	case 1:
		return "Its key stops within seconds."
	}
	return "Its " + ui.Count(keys) + " keys stop within seconds."
}

func (l *List) dialog() app.UI {
	d := l.deletion
	right, wrong := judge(d.typed, d.arx.Name)
	body := []app.UI{}
	if d.arx.Keys.Active > 0 {
		body = append(body, ui.Banner("warn", "warning", ui.Counted(d.arx.Keys.Active, "active key stops.", "active keys stop."),
			"Whatever calls "+d.arx.Name+" with them is refused within seconds."))
	}
	body = append(body,
		app.Div().Class("stops").Attr("role", "group").Aria("label", "What will stop").Body(ui.Facts(
			ui.Fact{Term: "Arx", Value: []app.UI{app.Text(d.arx.Name + " "), ui.Env(Env(d.arx.Purpose))}},
			ui.TextFact("Endpoint", d.arx.Endpoint, "None"),
			ui.TextFact("API keys", ui.Count(d.arx.Keys.Active)+" of "+ui.Count(d.arx.Keys.Total)+" active", ""),
		)),
		&ui.Confirmation{
			ID: deleteField, Expected: d.arx.Name, Value: d.typed, Right: right, Wrong: wrong,
			Hint: "The exact name, as it stands above.", CopyName: "Copy name", Copied: l.clipboard.Has(d.arx.Name),
			OnInput: l.typeName, OnCopy: l.copyName,
		},
	)
	if d.err != nil {
		body = append(body, ui.Banner("bad", "warning", "It was not deleted.", problem.Of(d.err).Detail))
	}
	return ui.Dialog{
		ID: deleteDialog, Title: "Delete Arx",
		Lead: ui.Prose("Its keys are deleted with it: they are refused as `NOT_FOUND`. Neither can be brought back."),
		Body: body,
		Foot: []app.UI{
			&ui.Button{Label: "Cancel", OnClick: l.cancelDeletion},
			&ui.Button{Label: "Delete", Look: ui.Danger, Submit: true, Disabled: right == "", Busy: d.running},
		},
		OnSubmit: l.deleteArx, OnCancel: l.cancelDeletion,
	}.UI()
}
