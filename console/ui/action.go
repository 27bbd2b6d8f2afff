package ui

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Action is an entry of a [Menu], or a button at the top of a page.
type Action struct {
	Label  string
	Icon   string
	Ends   bool   // destructive: shown last, after a separator, in red
	Refuse string // why the action is not available, or empty; the entry stays visible with the reason
	Do     func()
}

// ActionButtons draws the actions as buttons at the top of a page. [Refusals] says why some are disabled.
func ActionButtons(actions []Action) []app.UI {
	buttons := make([]app.UI, len(actions))
	for i, a := range actions {
		look := Secondary
		if a.Ends {
			look = DangerQuiet
		}
		buttons[i] = &Button{ID: "action-" + a.Icon, Label: a.Label, Icon: a.Icon, Look: look, Disabled: a.Refuse != "", OnClick: a.Do}
	}
	return buttons
}

// Refusals says why actions are disabled, once per reason.
func Refusals(actions []Action) app.UI {
	var lines []app.UI
	seen := map[string]int{}
	var reasons []string
	labels := map[string][]string{}
	for _, a := range actions {
		if a.Refuse == "" {
			continue
		}
		if seen[a.Refuse]++; seen[a.Refuse] == 1 {
			reasons = append(reasons, a.Refuse)
		}
		labels[a.Refuse] = append(labels[a.Refuse], a.Label)
	}
	for _, why := range reasons {
		lines = append(lines, app.P().Class("hint").Body(app.B().Text(strings.Join(labels[why], ", ")+": "), app.Text(why)))
	}
	return app.Div().Class("refusals").Body(lines...)
}

// ActionRunner runs harmless actions without asking, one at a time. The zero value is ready to use.
type ActionRunner struct{ running bool }

// Do runs the action, unless another one is running. It then calls done, or says that the action failed:
// "Billing was not enabled." The context is the page's.
func (r *ActionRunner) Do(ctx app.Context, do func(context.Context) error, failed string, done func()) {
	if r.running {
		return
	}
	r.running = true
	ctx.Async(func() {
		err := do(ctx)
		ctx.Dispatch(func(app.Context) {
			r.running = false
			if err != nil {
				Notify(ctx, Toast{Text: failed, Detail: problem.Of(err).Detail, Tone: "bad"})
				return
			}
			done()
		})
	})
}

// Report returns a function that shows a toast, and calls read to reload what the page shows.
func Report(ctx app.Context, t Toast, read func()) func() {
	return func() {
		Notify(ctx, t)
		read()
	}
}
