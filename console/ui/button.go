package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Look is the visual weight of a button. A view has at most one primary button.
type Look string

// The looks.
const (
	Primary     Look = "btn-primary"
	Secondary   Look = "btn-secondary" // the default
	Quiet       Look = "btn-quiet"
	Danger      Look = "btn-danger"       // only in the dialog that confirms something destructive
	DangerQuiet Look = "btn-danger-quiet" // opens that dialog
)

// Button is a button. Its label is a verb.
type Button struct {
	app.Compo
	ID       string
	Label    string // visible text
	Name     string // accessible name, if it says more than the label; must contain the label
	Icon     string // before the label
	IconEnd  string // after the label
	Look     Look
	Small    bool
	Submit   bool // submits its form
	Disabled bool // the page says why next to it
	Busy     bool // its action is running: the button keeps the focus and ignores clicks
	Toggle   bool // has an on and an off state: see Pressed
	Pressed  bool
	OnClick  func()
}

// Render draws the button.
func (b *Button) Render() app.UI {
	look := b.Look
	if look == "" {
		look = Secondary
	}
	kind := "button"
	if b.Submit {
		kind = "submit"
	}
	button := app.Button().Type(kind).Class("btn", string(look)).Disabled(b.Disabled).OnClick(b.click)
	if b.ID != "" {
		button.ID(b.ID)
	}
	if b.Small {
		button.Class("btn-sm")
	}
	if b.Name != "" {
		button.Aria("label", b.Name)
	}
	if b.Busy {
		button.Aria("disabled", true).DataSet("busy", true)
	}
	if b.Toggle {
		button.Aria("pressed", b.Pressed)
	}
	return button.Body(b.body()...)
}

func (b *Button) body() []app.UI {
	var body []app.UI
	if b.Icon != "" {
		body = append(body, Icon(b.Icon))
	}
	body = append(body, app.Text(b.Label))
	if b.IconEnd != "" {
		body = append(body, Icon(b.IconEnd))
	}
	return body
}

// click calls OnClick. A submitting button without one leaves the event to its form.
func (b *Button) click(_ app.Context, e app.Event) {
	if b.Busy || b.Disabled {
		e.PreventDefault()
		return
	}
	if b.OnClick != nil {
		b.OnClick()
	}
}
