package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Toast says what is done, what follows, and the way back if there is one. Never for errors of a
// form.
type Toast struct {
	Text   string
	Detail string // what follows, or none
	Tone   string // "bad" for what went wrong, or none
	Action *Link  // a way on or back, or nil: with one the toast stays until it is dismissed
}

// The actions that the shell handles.
const (
	NotifyAction   = "/ui/notify"   // with a Toast
	AnnounceAction = "/ui/announce" // with a text
)

// Notify shows the toast. It outlives the page that asks for it.
func Notify(ctx app.Context, t Toast) { ctx.NewActionWithValue(NotifyAction, t) }

// Announce tells a screen reader what happened, and shows nothing.
func Announce(ctx app.Context, text string) { ctx.NewActionWithValue(AnnounceAction, text) }
