package listing

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Session is what a page needs of a session.
type Session interface {
	Client() *client.Client
	Me() api.Me
}

// Drafts is a session that keeps unfinished input, by name.
type Drafts interface {
	Session
	Draft(name string, v any) bool
	KeepDraft(name string, v any)
	DropDraft(name string)
}
