package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// CodeBlock shows a command with a button that copies it. The callback is a method of the page.
func CodeBlock(name, code string, copied bool, onCopy func()) app.UI {
	label, icon := "Copy", "copy"
	if copied {
		label, icon = "Copied", "check"
	}
	return app.Div().Class("code").Body(
		app.Pre().TabIndex(0).Aria("label", name).Text(code),
		&Button{Label: label, Name: "Copy " + name, Icon: icon, Small: true, OnClick: onCopy},
	)
}
