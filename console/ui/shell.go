package ui

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Session is what the shell needs to know of who is signed in.
type Session interface {
	// Start signs in with what the tab holds, once; it returns when the outcome is known.
	Start(ctx context.Context)
	Standing() Standing
	SignIn(ctx context.Context, back string) error // leaves the page
	SignOut(ctx context.Context)                   // leaves the page
	Watch(changed func())
}

// Standing is how a session stands.
type Standing struct {
	State  State
	Name   string // of the person
	Role   string
	Tenant string // empty where there is only one
	Err    error  // why it is Failed
}

// State is a step in the life of a session.
type State int

// The states of a session.
const (
	Starting  State = iota // what the tab holds is being tried
	SignedOut              // nobody
	SignedIn
	Ended  // somebody was, until the tokens ran out: the page stands, and nothing can be saved
	Failed // it could not be found out
)

// Shell stands around every page: navigation, account, theme, notices. One shell lives as long as
// the console; go-app only changes its page.
type Shell struct {
	app.Compo
	Session Session
	Links   []Link
	Current string // the Href of the link that the page belongs to
	Page    app.UI // mounted only while somebody is signed in
}

// Render draws the shell.
func (s *Shell) Render() app.UI { return app.Div().Body(s.Page) }
