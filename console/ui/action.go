package ui

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Action is an entry of a [Menu], or a button at the top of a page.
type Action struct {
	Label  string
	Icon   string
	Look   Look   // of its button at the top of a page
	Ends   bool   // destructive: shown last, after a separator, in red
	Refuse string // why the action is not available, or empty; the entry stays visible with the reason
	Do     func()
}

// TopActions draws the actions at the top of a page: the first so many as buttons, the others in the menu More. An
// action that is not available is in the menu, which says why. Of is the page's title.
func TopActions(id, of string, first int, actions []Action) []app.UI {
	var top []app.UI
	var more []Action
	for i, a := range actions {
		if i >= first || a.Refuse != "" {
			more = append(more, a)
			continue
		}
		top = append(top, &Button{ID: "action-" + a.Icon, Label: a.Label, Icon: a.Icon, Look: a.Look, OnClick: a.Do})
	}
	if len(more) > 0 {
		top = append(top, &Menu{ID: id, Label: "More", Name: "More actions for " + of, Actions: more})
	}
	return top
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
