package listing

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Session is what a page asks of who is signed in.
type Session interface {
	Client() *client.Client
	Me() api.Me
}

// Drafts is a session that keeps what somebody has entered and not finished, by name.
type Drafts interface {
	Session
	Draft(name string, v any) bool
	KeepDraft(name string, v any)
	DropDraft(name string)
}
