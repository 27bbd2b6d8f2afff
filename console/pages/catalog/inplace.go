package catalog

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// InPlace draws a form that creates a record inside another page, when the person presses Next there. First
// means that it is the first record; otherwise instead closes the form, to choose an existing one.
func InPlace(one string, first bool, instead func(), sending *ui.Submission, fields ...app.UI) app.UI {
	title := "New " + one
	head := []app.UI{app.Span().Class("hint").Text("Created when you press Next")}
	if first {
		title = "Your first " + one
	} else {
		head = append(head, &ui.Button{ID: "instead", Label: "Choose an existing one", Look: ui.Quiet, Small: true, Disabled: sending.Running, OnClick: instead})
	}
	if err := sending.Err; err != nil {
		text, detail := "The "+one+" was not created.", problem.Of(err).Detail
		if ui.Unknown(err) {
			text, detail = "It is unknown whether the "+one+" was created.", detail+" Press Next again: the retry does not create a second one."
		}
		fields = append(fields, ui.Banner("bad", "warning", text, detail))
	}
	return app.Div().Class("card-body").Body(
		app.Section().Class("inline-create").Aria("labelledby", "in-place-title").Body(
			app.Header().Body(append([]app.UI{app.H3().ID("in-place-title").Text(title)}, head...)...),
			app.Div().Class("form").Body(fields...),
		),
	)
}

// Make sends the request of a form that creates a record.
func Make[In api.Request, Out any](ctx app.Context, c *client.Client, sending *ui.Submission, form *ui.Form, op api.Operation[In, Out], request In, done func(Out)) {
	ui.Submit(ctx, sending, form, func(ctx context.Context) (Out, error) { return client.Call(ctx, c, op, request) }, done)
}
