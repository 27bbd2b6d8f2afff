package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Confirmation is the field in which a person types a name to confirm an action.
type Confirmation struct {
	app.Compo
	ID       string
	Expected string // the text to type
	Value    string
	Right    string // message that the typed text is right, or empty
	Wrong    string // message why it is wrong, or empty
	Hint     string
	CopyName string // accessible name of the button that copies Expected
	Copied   bool
	OnInput  func(text string)
	OnCopy   func()

	held held
}

// OnInit keeps the initial text.
func (c *Confirmation) OnInit() { c.held.hold(c.Value) }

// OnUpdate shows the text if the page has changed it.
func (c *Confirmation) OnUpdate(app.Context) { c.held.sync(c.ID, c.Value) }

// Render draws the field.
func (c *Confirmation) Render() app.UI {
	verdict := app.Div().ID(c.ID+"-verdict").Attr("role", "status")
	switch {
	case c.Right != "":
		verdict.Body(app.P().Class("ok").Body(Icon("check"), app.Text(c.Right)))
	case c.Wrong != "":
		verdict.Body(app.P().Class("error").Body(Icon("warning"), app.Span().Body(Prose(c.Wrong)...)))
	}
	copied := "Copy"
	if c.Copied {
		copied = "Copied"
	}
	return app.Div().Class("field").Body(
		app.Label().For(c.ID).Class("legend").Body(app.Text("Type "), app.Code().Text(c.Expected), app.Text(" to confirm")),
		app.Div().Class("inline").Body(
			app.Input().ID(c.ID).Type("text").Class("input mono").Attr("value", c.held.first).
				Attr("autocomplete", "off").Attr("autocapitalize", "none").Attr("spellcheck", false).
				Attr("aria-invalid", c.Wrong != "").Attr("aria-describedby", c.ID+"-verdict "+c.ID+"-hint").OnInput(c.input),
			app.Button().Type("button").Class("btn", string(Secondary)).Aria("label", c.CopyName).Attr("aria-description", c.Expected).OnClick(c.copy).
				Body(Icon(map[bool]string{false: "copy", true: "check"}[c.Copied]), app.Text(copied)),
		),
		verdict,
		app.P().ID(c.ID+"-hint").Class("hint").Body(Prose(c.Hint)...),
	)
}

func (c *Confirmation) input(ctx app.Context, _ app.Event) {
	c.OnInput(ctx.JSSrc().Get("value").String())
}

func (c *Confirmation) copy(app.Context, app.Event) { c.OnCopy() }
