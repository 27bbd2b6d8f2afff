package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// TextField is a labelled text field of one or more lines.
type TextField struct {
	app.Compo
	ID          string
	Label       string
	Note        string // beside the label, such as "Optional"
	Hint        string // below the field; replaced by the error
	Error       string
	Value       string
	Placeholder string
	InputType   string // empty means text
	Min         string // of a date
	Lines       int    // more than one makes a text area
	Mono        bool
	Numeric     bool // phones show a numeric keyboard
	Wait        bool // read-only for now
	OnInput     func(text string)
	OnLeave     func()

	held held
}

// OnInit keeps the initial text.
func (f *TextField) OnInit() { f.held.hold(f.Value) }

// OnUpdate shows the text if the page has changed it.
func (f *TextField) OnUpdate(app.Context) { f.held.sync(f.ID, f.Value) }

// Render draws the field.
func (f *TextField) Render() app.UI {
	return app.Div().Class("field").Body(
		label(f.ID, f.Label, f.Note),
		f.control(),
		message(f.ID, f.Hint, f.Error),
	)
}

func (f *TextField) control() app.UI {
	class := "input"
	if f.Mono {
		class = "input mono"
	}
	if f.Lines > 1 {
		area := app.Textarea().ID(f.ID).Class(class).Rows(f.Lines).Placeholder(f.Placeholder).
			Attr("value", f.held.first).Attr("spellcheck", !f.Mono).ReadOnly(f.Wait).
			Attr("aria-invalid", f.Error != "").Attr("aria-describedby", described(f.ID, f.Note, f.Hint, f.Error)).
			OnInput(f.input).OnBlur(f.leave)
		return area
	}
	kind := f.InputType
	if kind == "" {
		kind = "text"
	}
	input := app.Input().ID(f.ID).Type(kind).Class(class).Placeholder(f.Placeholder).
		Attr("value", f.held.first).Attr("spellcheck", !f.Mono).Attr("autocomplete", "off").ReadOnly(f.Wait).
		Attr("aria-invalid", f.Error != "").Attr("aria-describedby", described(f.ID, f.Note, f.Hint, f.Error)).
		OnInput(f.input).OnBlur(f.leave)
	if f.Min != "" {
		input.Min(f.Min)
	}
	if f.Numeric {
		input.Attr("inputmode", "numeric")
	}
	return input
}

func (f *TextField) input(ctx app.Context, _ app.Event) {
	f.OnInput(ctx.JSSrc().Get("value").String())
}

func (f *TextField) leave(app.Context, app.Event) {
	if f.OnLeave != nil {
		f.OnLeave()
	}
}

// label draws a field's label. The note is outside of it, so that only the label is the accessible name.
func label(id, text, note string) app.UI {
	name := app.Label().For(id).Class("legend").Text(text)
	if note == "" {
		return name
	}
	return app.Div().Class("label-row").Body(name, app.Span().ID(id+"-note").Class("optional").Text(note))
}

// message draws the error below a field, or else the hint.
func message(id, hint, fault string) app.UI {
	switch {
	case fault != "":
		return app.P().ID(id+"-error").Class("error").Body(Icon("warning"), app.Span().Body(Prose(fault)...))
	case hint != "":
		return app.P().ID(id + "-hint").Class("hint").Body(Prose(hint)...)
	}
	return nil
}

// described returns the ids of the elements that describe the field.
func described(id, note, hint, fault string) string {
	var ids string
	if note != "" {
		ids = id + "-note "
	}
	switch {
	case fault != "":
		ids += id + "-error"
	case hint != "":
		ids += id + "-hint"
	}
	return ids
}
