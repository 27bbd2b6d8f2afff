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
}

// The actions that the shell handles.
const (
	NotifyAction   = "/ui/notify"   // with a Toast
	AnnounceAction = "/ui/announce" // with a text
)

// Notify shows the toast. It stays when the page changes.
func Notify(ctx app.Context, t Toast) { ctx.NewActionWithValue(NotifyAction, t) }

// Announce tells screen readers what happened. It shows nothing.
func Announce(ctx app.Context, text string) { ctx.NewActionWithValue(AnnounceAction, text) }
