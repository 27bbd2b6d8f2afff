package ui

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Ending is the dialog that asks before something ends: it shows what stops, offers what is kinder
// and, where it can't be taken back, has somebody type what is meant. The zero value is closed. The
// page opens it and draws it after everything else, open or not.
type Ending struct {
	ctx       app.Context
	end       *End // nil while it is closed
	typed     string
	look      Reading[Stops]
	running   bool
	err       error
	clipboard Clipboard
}

// End is what an [Ending] asks about.
type End struct {
	Title  string // what it does: "Delete API key"
	Verb   string // on its button: "Delete"
	Calm   bool   // it can be taken back: the button is not red
	Lead   string // what follows from it, as [Prose]
	Stops  Stops  // as far as the page knows
	Look   func(ctx context.Context) (Stops, error)
	Kinder *Kinder // nil where there is nothing kinder

	Expected string // what has to be typed; empty where nothing has
	Judge    func(typed string) (right, wrong string)
	Hint     string
	CopyName string // of the button that copies what is expected

	Failed string // "It was not deleted."
	Do     func(ctx context.Context) error
	Done   func() // after it, with the dialog closed
}

// Named returns the end where the exact name of the thing has to be typed.
func (e End) Named(name, thing string) End {
	e.Expected, e.Hint, e.CopyName = name, "The exact name, as it stands above.", "Copy name"
	e.Judge = func(typed string) (right, wrong string) { return judgeName(typed, name, thing) }
	return e
}

// Stops is what an end stops.
type Stops struct {
	Warning string // who is hit, in a sentence; empty for nobody
	Detail  string // how much, how lately
	Facts   func() []Fact
}

// Kinder is what somebody might do instead: "To stop it for a while, | disable it | instead."
type Kinder struct {
	Before, Label, After string
	Do                   func() // with the dialog closed
}

const (
	endingDialog = "ending"
	endingField  = "ending-confirm"
	endingCancel = "ending-cancel"
)

// Open asks. The context is the page's.
func (e *Ending) Open(ctx app.Context, end End) {
	e.close()
	e.ctx, e.end, e.err = ctx, &end, nil
	if end.Look != nil {
		e.look.Start(ctx, end.Look, nil)
	}
	e.open()
}

// open shows the dialog. The focus is never on what ends something.
func (e *Ending) open() {
	if e.end.Expected != "" {
		OpenDialog(e.ctx, endingDialog, endingField)
		return
	}
	OpenDialog(e.ctx, endingDialog, endingCancel)
}

// IsOpen reports whether it asks.
func (e *Ending) IsOpen() bool { return e.end != nil }

// Type takes what somebody has typed. It stays in this page: it may be a secret.
func (e *Ending) Type(text string) {
	if e.end != nil {
		e.typed = text
	}
}

func (e *Ending) copy() {
	if e.end != nil {
		e.clipboard.Copy(e.ctx, e.end.Expected, "Text to confirm")
	}
}

// Cancel closes it, unless what it ends is ending.
func (e *Ending) Cancel() {
	if e.end != nil && !e.running {
		if e.err != nil {
			e.ctx.NewAction(reread) // the page behind shows less than the refusal has told
		}
		CloseDialog(endingDialog)
		e.close()
	}
}

// close forgets what was typed. A look that is still running counts for nothing any more.
func (e *Ending) close() {
	e.end, e.typed = nil, ""
	e.look.Forget()
}

func (e *Ending) instead(app.Context, app.Event) {
	if e.end == nil || e.running {
		return
	}
	kinder := e.end.Kinder.Do
	e.Cancel()
	kinder()
}

// judge says why what was typed is right, or wrong; neither while somebody is on the way.
func (e *Ending) judge() (right, wrong string, may bool) {
	if e.end.Expected == "" {
		return "", "", true
	}
	right, wrong = e.end.Judge(e.typed)
	return right, wrong, right != ""
}

// Submit ends it, once, if what was typed is right: the button's state is no proof.
func (e *Ending) Submit() {
	if e.end == nil || e.running {
		return
	}
	if _, _, may := e.judge(); !may {
		return
	}
	e.running, e.err = true, nil
	end := e.end
	e.ctx.Async(func() {
		err := end.Do(e.ctx)
		e.ctx.Dispatch(func(app.Context) {
			e.running, e.err = false, err
			if err != nil {
				e.open() // a second Esc has closed it whatever the page says
				return
			}
			CloseDialog(endingDialog)
			e.close()
			end.Done()
		})
	})
}

// UI draws the dialog; nothing while it is closed.
func (e *Ending) UI() app.UI {
	if e.end == nil {
		return nil
	}
	end := e.end
	right, wrong, may := e.judge()
	body := []app.UI{Slot(e.warning())}
	if facts := e.stops().Facts; facts != nil {
		body = append(body, app.Div().Class("stops").Attr("role", "group").Aria("label", "What will stop").Aria("busy", e.look.Running).Body(Facts(facts()...)))
	}
	if end.Expected != "" {
		body = append(body, &Confirmation{
			ID: endingField, Expected: end.Expected, Value: e.typed, Right: right, Wrong: wrong, Hint: end.Hint,
			CopyName: end.CopyName, Copied: e.clipboard.Has(end.Expected), OnInput: e.Type, OnCopy: e.copy,
		})
	}
	body = append(body, Slot(e.failure()))
	look := Danger
	if end.Calm {
		look = Primary
	}
	return Dialog{
		ID: endingDialog, Title: end.Title, Lead: Prose(end.Lead), Body: body,
		Foot: []app.UI{
			&Button{ID: endingCancel, Label: "Cancel", Disabled: e.running, OnClick: e.Cancel},
			&Button{Label: end.Verb, Look: look, Submit: true, Disabled: !may, Busy: e.running},
		},
		OnSubmit: e.Submit, OnCancel: e.Cancel,
	}.UI()
}

// stops is what is known of what stops.
func (e *Ending) stops() Stops {
	if e.look.Here {
		return e.look.Value
	}
	return e.end.Stops
}

// warning says who is hit, and what would be kinder.
func (e *Ending) warning() app.UI {
	stops, kinder := e.stops(), e.end.Kinder
	switch {
	case stops.Warning == "" && kinder == nil:
		return nil
	case kinder == nil:
		return Banner("warn", "warning", stops.Warning, stops.Detail)
	}
	instead := []app.UI{
		app.Text(kinder.Before + " "),
		app.Button().Type("button").Class("link").Text(kinder.Label).OnClick(e.instead),
		app.Text(" " + kinder.After),
	}
	if stops.Warning == "" {
		return app.P().Class("hint").Body(instead...)
	}
	text := append([]app.UI{app.B().Text(stops.Warning), app.Text(" ")}, Prose(stops.Detail+" ")...)
	return app.Div().Class("banner").DataSet("tone", "warn").Body(Icon("warning"), app.Div().Body(append(text, instead...)...))
}

// failure says that it did not end or, where no answer came, that nobody knows.
func (e *Ending) failure() app.UI {
	switch {
	case e.err == nil && e.look.Err == nil:
		return nil
	case e.err == nil:
		return app.P().Class("hint").Attr("role", "status").Text("How much it is used could not be found out: " + problem.Of(e.look.Err).Detail)
	case Unknown(e.err):
		return Banner("bad", "warning", "It is not known whether that was done.", problem.Of(e.err).Detail)
	}
	return Banner("bad", "warning", e.end.Failed, problem.Of(e.err).Detail)
}

// Unknown reports whether nobody knows if something was done: no answer came, or none that counts.
func Unknown(err error) bool {
	return problem.Is(err, problem.Unavailable) || problem.Is(err, problem.Internal)
}

// judgeName says whether what was typed is the name of a thing, such as "Arx": why it is, or why it
// is not. Both are empty while somebody is on the way.
func judgeName(typed, name, thing string) (right, wrong string) {
	switch trimmed := strings.TrimSpace(typed); {
	case typed == "":
		return "", ""
	case typed == name:
		return "That is this " + thing + ".", ""
	case strings.HasPrefix(name, typed):
		return "", "" // on the way
	case trimmed == name:
		return "", "There is a space before or after it. Remove it."
	case strings.EqualFold(trimmed, name):
		return "", "Upper and lower case differ: write it as it stands above."
	}
	return "", "That is not the name of this " + thing + "."
}
