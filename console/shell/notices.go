package shell

import (
	"context"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// toastTime is how long a toast stays while it has neither the pointer nor the focus.
const toastTime = 8 * time.Second

// notices are the visible toasts and the latest announcement.
type notices struct {
	ctx    app.Context // the shell's
	toasts []shown
	number int // of the next toast
	said   string
}

// shown is a toast on the screen.
type shown struct {
	ui.Toast
	id    string
	pages int // opened since the toast appeared
}

func (n *notices) notify(ctx app.Context, a app.Action) {
	t, ok := a.Value.(ui.Toast)
	if !ok {
		return
	}
	n.number++
	id := "toast-" + strconv.Itoa(n.number)
	n.toasts = append(n.toasts, shown{Toast: t, id: id})
	n.said = t.Text + " " + t.Detail
	if t.Action == nil && t.Undo == nil {
		n.expire(ctx, id)
	}
}

// expire dismisses the toast after toastTime, or later if it has the pointer or the focus then.
func (n *notices) expire(ctx app.Context, id string) {
	ctx.After(toastTime, func(ctx app.Context) {
		if e := ui.ByID(id); e.Truthy() && e.Call("matches", ":hover, :focus-within").Truthy() {
			n.expire(ctx, id)
			return
		}
		n.dismiss(id)
	})
}

func (n *notices) dismiss(id string) {
	for i, t := range n.toasts {
		if t.id == id {
			n.toasts = append(n.toasts[:i:i], n.toasts[i+1:]...)
			return
		}
	}
}

// undo takes back what the toast says. The toast's own context ends with it.
func (n *notices) undo(_ app.Context, t shown) {
	n.dismiss(t.id)
	ui.FocusElement(ui.First("h1"))
	n.ctx.Async(func() {
		done, err := t.Undo(context.Background())
		n.ctx.Dispatch(func(ctx app.Context) {
			if err != nil {
				done = ui.Toast{Text: t.NotUndone, Detail: problem.Of(err).Detail, Tone: "bad"}
			}
			ui.Notify(ctx, done)
			if done.Is != nil {
				ctx.NewActionWithValue(ui.ChangedAction, done.Is)
			}
			ctx.NewAction(ui.RereadAction)
		})
	})
}

// turn is called when another page opens. A toast stays for the page after the one that showed it, and no
// longer, because it would cover what a person does next.
func (n *notices) turn() {
	var stay []shown
	for _, t := range n.toasts {
		if t.pages++; t.pages < 2 {
			stay = append(stay, t)
		}
	}
	n.toasts = stay
}

func (n *notices) announce(_ app.Context, a app.Action) {
	text, ok := a.Value.(string)
	if !ok {
		return
	}
	if text == n.said {
		text += "\u00a0" // screen readers read only changes: make a repeated text different
	}
	n.said = text
}

// render draws the toasts and the status line. The status line is always drawn: a screen reader reads
// changes of its text, but not an element that appears.
func (n *notices) render() app.UI {
	return app.Div().Body(
		app.P().Class("sr").Attr("role", "status").Text(n.said),
		app.Div().Class("toasts").Attr("role", "region").Aria("label", "Notices").Body(app.Range(n.toasts).Slice(func(i int) app.UI { return n.toast(n.toasts[i]) })),
	)
}

func (n *notices) toast(t shown) app.UI {
	icon := "check"
	if t.Tone == "bad" {
		icon = "warning"
	}
	text := app.Div().Body(app.B().Text(t.Text), app.If(t.Detail != "", app.Small().Text(t.Detail)))
	body := []app.UI{ui.Icon(icon), text}
	if t.Undo != nil {
		body = append(body, app.Button().Type("button").Class("btn", "btn-secondary", "btn-sm").Text("Undo").OnClick(func(ctx app.Context, _ app.Event) { n.undo(ctx, t) }, t.id))
	}
	dismiss := func(app.Context, app.Event) { n.dismiss(t.id) }
	if t.Action != nil {
		body = append(body, app.A().Class("btn", "btn-secondary", "btn-sm").Href(t.Action.Href).Text(t.Action.Text).OnClick(dismiss, t.id))
	}
	body = append(body, app.Button().Type("button").Class("icon-btn").Aria("label", "Dismiss").Body(ui.Icon("x")).OnClick(dismiss, t.id))
	return app.Div().Class("toast").ID(t.id).DataSet("tone", t.Tone).Body(body...)
}
