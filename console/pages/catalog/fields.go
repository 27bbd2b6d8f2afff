package catalog

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// NameField is the field of a record's name.
func NameField(f *ui.Form, invalid error, value string, set func(string)) app.UI {
	return &ui.TextField{ID: "name", Label: "Name", Value: value, Error: f.Error("name", invalid), OnInput: set, OnLeave: func() { f.Leave("name") }}
}

// DescriptionField is the field of a record's description.
func DescriptionField(f *ui.Form, invalid error, value string, set func(string)) app.UI {
	return &ui.TextField{
		ID: "description", Label: "Description", Note: "Optional", Lines: 2, Value: value, Error: f.Error("description", invalid),
		OnInput: set, OnLeave: func() { f.Leave("description") },
	}
}

// OwnerField is the field of a record's owner, in a group of its own.
func OwnerField(f *ui.Form, invalid error, value string, set func(string)) app.UI {
	return app.Div().Class("form-group").Body(&ui.TextField{
		ID: "owner", Label: "Owner", Note: "Optional", Value: value, Hint: "Whom to ask about it: an e-mail address or a user id. You, if left empty.",
		Error: f.Error("owner", invalid), OnInput: set, OnLeave: func() { f.Leave("owner") },
	})
}
