package ui

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Toast says what was done, its consequences, and how to undo it if that is possible. Do not use it for
// the errors of a form.
type Toast struct {
	Text   string
	Detail string // the consequences, or empty
	Tone   string // "bad" for failures, or empty
	Action *Link  // next step, or nil; a toast with an action stays until dismissed

	// Undo takes back what was done, and returns the toast that says so; it may be nil. A toast with Undo stays
	// until dismissed. It works on other pages too, which then reload what they show. If it fails, the toast is
	// NotUndone with the reason.
	Undo      func(context.Context) (Toast, error)
	NotUndone string

	Is any // what a toast that Undo returns is about, as it is now; may be nil
}

// The actions that the shell handles.
const (
	NotifyAction   = "/ui/notify"   // with a Toast
	AnnounceAction = "/ui/announce" // with a text
)

// ChangedAction tells the page the answer to a change that it has not made itself, such as by Undo.
const ChangedAction = "/ui/changed"

// OnChanged calls show with each such answer of the type.
func OnChanged[T any](ctx app.Context, show func(is T)) {
	ctx.Handle(ChangedAction, func(_ app.Context, a app.Action) {
		if is, ok := a.Value.(T); ok {
			show(is)
		}
	})
}

// Notify shows the toast. It stays when the page changes.
func Notify(ctx app.Context, t Toast) { ctx.NewActionWithValue(NotifyAction, t) }

// Announce tells screen readers what happened. It shows nothing.
func Announce(ctx app.Context, text string) { ctx.NewActionWithValue(AnnounceAction, text) }
