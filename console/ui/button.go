package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Look is the weight of a button. A view has one primary button at most.
type Look string

// The looks.
const (
	Primary     Look = "btn-primary"
	Secondary   Look = "btn-secondary" // the look of a button that names none
	Quiet       Look = "btn-quiet"
	Danger      Look = "btn-danger"       // only in the dialog that ends something
	DangerQuiet Look = "btn-danger-quiet" // what leads to that dialog
)

// Button does something. Its label is a verb.
type Button struct {
	app.Compo
	ID       string
	Label    string // what is read on it
	Name     string // its accessible name where that says more than the label; contains the label
	Icon     string // before the label
	IconEnd  string // after the label
	Look     Look
	Small    bool
	Submit   bool // submits the form that it stands in
	Disabled bool // why stands beside it
	Busy     bool // what it does is running: it keeps the focus and does nothing
	Toggle   bool // it is on or off, as Pressed says
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
