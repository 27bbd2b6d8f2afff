package ui

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// ConfirmDialog asks for confirmation: it shows what will stop, offers an alternative and, if the action
// can't be undone, requires a person to type a name. The zero value is closed. The page draws it last,
// whether it is open or not.
type ConfirmDialog struct {
	ctx       app.Context
	asked     *Confirm // nil while the dialog is closed
	typed     string
	look      Reading[Stops]
	running   bool
	err       error
	clipboard Clipboard
}

// Confirm is what a [ConfirmDialog] asks.
type Confirm struct {
	Title       string // such as "Delete API key"
	Verb        string // label of the button, such as "Delete"
	Calm        bool   // the action can be undone: the button is not red
	Lead        string // the consequences, as [Prose]
	Stops       Stops  // as far as the page knows
	Look        func(ctx context.Context) (Stops, error)
	Alternative *Alternative // may be nil

	Expected string // the text to type; empty if none is required
	Judge    func(typed string) (right, wrong string)
	Hint     string
	CopyName string // accessible name of the button that copies Expected

	Failed string // such as "It was not deleted."
	Do     func(ctx context.Context) error
	Done   func() // called after success, with the dialog closed
}

// Named returns c with the name as the text to type. The thing is a noun, such as "Arx".
func (c Confirm) Named(name, thing string) Confirm {
	c.Expected, c.Hint, c.CopyName = name, "The exact name, as it stands above.", "Copy name"
	c.Judge = func(typed string) (right, wrong string) { return judgeName(typed, name, thing) }
	return c
}

// Stops describes what an action stops.
type Stops struct {
	Warning string // who is affected, as a sentence; empty if nobody is
	Detail  string // how much and how recently it was used
	Facts   func() []Fact
}

// Alternative offers another action: "To stop it for a while, | disable it | instead."
type Alternative struct {
	Before, Label, After string
	Do                   func() // called with the dialog closed
}

const (
	confirmDialog = "confirm"
	confirmField  = "confirm-input"
	confirmCancel = "confirm-cancel"
)

// Open opens the dialog. The context is the page's.
func (d *ConfirmDialog) Open(ctx app.Context, c Confirm) {
	d.close()
	d.ctx, d.asked, d.err = ctx, &c, nil
	if c.Look != nil {
		d.look.Start(ctx, c.Look, nil)
	}
	d.open()
}

// open shows the dialog. The focus is never on the destructive button.
func (d *ConfirmDialog) open() {
	if d.asked.Expected != "" {
		OpenDialog(d.ctx, confirmDialog, confirmField)
		return
	}
	OpenDialog(d.ctx, confirmDialog, confirmCancel)
}

// IsOpen reports whether the dialog is open.
func (d *ConfirmDialog) IsOpen() bool { return d.asked != nil }

// Type takes the typed text. It never leaves the page, because it may be a secret.
func (d *ConfirmDialog) Type(text string) {
	if d.asked != nil {
		d.typed = text
	}
}

func (d *ConfirmDialog) copy() {
	if d.asked != nil {
		d.clipboard.Copy(d.ctx, d.asked.Expected, "Text to confirm")
	}
}

// Cancel closes the dialog, unless its action is running.
func (d *ConfirmDialog) Cancel() {
	if d.asked != nil && !d.running {
		if d.err != nil {
			d.ctx.NewAction(RereadAction) // the refusal says that the page behind the dialog is out of date
		}
		CloseDialog(confirmDialog)
		d.close()
	}
}

// close forgets the typed text, and drops the answer of a look that is still running.
func (d *ConfirmDialog) close() {
	d.asked, d.typed = nil, ""
	d.look.Forget()
}

func (d *ConfirmDialog) instead(app.Context, app.Event) {
	if d.asked == nil || d.running {
		return
	}
	alternative := d.asked.Alternative.Do
	d.Cancel()
	alternative()
}

// judge returns why the typed text is right or why it is wrong. Both are empty while it is incomplete.
func (d *ConfirmDialog) judge() (right, wrong string, may bool) {
	if d.asked.Expected == "" {
		return "", "", true
	}
	right, wrong = d.asked.Judge(d.typed)
	return right, wrong, right != ""
}

// Submit runs the action once, if the typed text is right. It checks again because a disabled button
// proves nothing.
func (d *ConfirmDialog) Submit() {
	if d.asked == nil || d.running {
		return
	}
	if _, _, may := d.judge(); !may {
		return
	}
	d.running, d.err = true, nil
	c := d.asked
	d.ctx.Async(func() {
		err := c.Do(d.ctx)
		d.ctx.Dispatch(func(app.Context) {
			d.running, d.err = false, err
			if err != nil {
				d.open() // browsers close the dialog on a second Esc even if the page prevents the first
				return
			}
			CloseDialog(confirmDialog)
			d.close()
			c.Done()
		})
	})
}

// UI draws the dialog, or nothing while it is closed.
func (d *ConfirmDialog) UI() app.UI {
	if d.asked == nil {
		return nil
	}
	c := d.asked
	right, wrong, may := d.judge()
	body := []app.UI{Slot(d.warning())}
	if facts := d.stops().Facts; facts != nil {
		body = append(body, app.Div().Class("stops").Attr("role", "group").Aria("label", "What will stop").Aria("busy", d.look.Running).Body(Facts(facts()...)))
	}
	if c.Expected != "" {
		body = append(body, &Confirmation{
			ID: confirmField, Expected: c.Expected, Value: d.typed, Right: right, Wrong: wrong, Hint: c.Hint,
			CopyName: c.CopyName, Copied: d.clipboard.Has(c.Expected), OnInput: d.Type, OnCopy: d.copy,
		})
	}
	body = append(body, Slot(d.failure()))
	look := Danger
	if c.Calm {
		look = Primary
	}
	return Dialog{
		ID: confirmDialog, Title: c.Title, Lead: Prose(c.Lead), Body: body,
		Foot: []app.UI{
			&Button{ID: confirmCancel, Label: "Cancel", Disabled: d.running, OnClick: d.Cancel},
			&Button{Label: c.Verb, Look: look, Submit: true, Disabled: !may, Busy: d.running},
		},
		OnSubmit: d.Submit, OnCancel: d.Cancel,
	}.UI()
}

// stops returns what is known about what stops.
func (d *ConfirmDialog) stops() Stops {
	if d.look.Here {
		return d.look.Value
	}
	return d.asked.Stops
}

// warning draws who is affected, and the alternative.
func (d *ConfirmDialog) warning() app.UI {
	stops, alternative := d.stops(), d.asked.Alternative
	switch {
	case stops.Warning == "" && alternative == nil:
		return nil
	case alternative == nil:
		return Banner("warn", "warning", stops.Warning, stops.Detail)
	}
	instead := []app.UI{
		app.Text(alternative.Before + " "),
		app.Button().Type("button").Class("link").Text(alternative.Label).OnClick(d.instead),
		app.Text(" " + alternative.After),
	}
	if stops.Warning == "" {
		return app.P().Class("hint").Body(instead...)
	}
	text := append([]app.UI{app.B().Text(stops.Warning), app.Text(" ")}, Prose(stops.Detail+" ")...)
	return app.Div().Class("banner").DataSet("tone", "warn").Body(Icon("warning"), app.Div().Body(append(text, instead...)...))
}

// failure draws that the action failed or, without an answer, that its outcome is unknown.
func (d *ConfirmDialog) failure() app.UI {
	switch {
	case d.err == nil && d.look.Err == nil:
		return nil
	case d.err == nil:
		return app.P().Class("hint").Attr("role", "status").Text("Its usage could not be loaded: " + problem.Of(d.look.Err).Detail)
	case Unknown(d.err):
		return Banner("bad", "warning", "It is unknown whether the action was completed.", problem.Of(d.err).Detail)
	}
	return Banner("bad", "warning", d.asked.Failed, problem.Of(d.err).Detail)
}

// Unknown reports whether the outcome of a request is unknown: no answer came, or none that says so.
func Unknown(err error) bool {
	return problem.Is(err, problem.Unavailable) || problem.Is(err, problem.Internal)
}

// judgeName compares the typed text with the name of a thing, such as "Arx". It returns why the text is
// right or why it is wrong; both are empty while the text is the beginning of the name. Spaces around it, which
// come with a paste, do not count.
func judgeName(typed, name, thing string) (right, wrong string) {
	switch trimmed := strings.TrimSpace(typed); {
	case trimmed == name:
		return "That is this " + thing + ".", ""
	case strings.HasPrefix(name, trimmed):
		return "", "" // still typing
	case strings.EqualFold(trimmed, name):
		return "", "Upper and lower case differ: write it as it stands above."
	}
	return "", "That is not the name of this " + thing + "."
}
