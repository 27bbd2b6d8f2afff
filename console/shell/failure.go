package shell

import (
	"errors"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Failure draws a failure to load something: what happened and a button to try again, which is busy while
// that is running. The callback is a method of the page.
func Failure(title string, err error, plain, running bool, onRetry func()) app.UI {
	e := ui.Empty{
		ID: "failure", Draw: ui.DrawBroken, Title: title, Plain: plain, Alert: true,
		Text:    problem.Of(err).Detail,
		Actions: []app.UI{&ui.Button{Label: "Try again", Look: ui.Primary, Busy: running, OnClick: onRetry}},
	}
	if plain {
		e.Draw = ""
	}
	if id := requestID(err); id != "" {
		e.Extra = app.P().Class("hint").Body(app.Text("Request id "), app.Code().Text(id))
	}
	return e.UI()
}

// requestID returns the id of the failed request, if an answer named one.
func requestID(err error) string {
	p := problem.Of(err)
	if p == nil {
		return ""
	}
	cause := errors.Unwrap(p)
	if cause == nil {
		return ""
	}
	id, ok := strings.CutPrefix(cause.Error(), "request ")
	if !ok || strings.ContainsAny(id, " :") {
		return ""
	}
	return id
}
