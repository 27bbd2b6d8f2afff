package keys

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/secret"
	"github.com/arxkeys/arxkeys/shared/api"
)

// shown is the screen of an access key that was just made, by the wizard or by a rotation.
type shown struct {
	secret.Screen
	ctx      app.Context
	endpoint string // of the Arx; empty where it has none
	caller   string // an origin that the application is allowed; empty where it calls from none
	done     func() // somebody has stored it
	stays    bool   // the page is still the same afterwards

	created *api.CreatedKey // nil until it is made
}

// mount takes the page's context, and what to do once somebody has stored the access key. Stays says
// that the page is still the same afterwards.
func (s *shown) mount(ctx app.Context, done func(), stays bool) {
	s.ctx, s.done, s.stays = ctx, done, stays
	s.Noun, s.Left = "access key", func() { s.created = nil }
	s.Mount(ctx)
}

// show takes what was made. An answer to a repeated request holds no access key.
func (s *shown) show(created api.CreatedKey) {
	s.created = &created
	text := ""
	if created.AccessKey != nil {
		text = string(*created.AccessKey)
	}
	s.Show(text)
}

// forget forgets the access key.
func (s *shown) forget() {
	s.Forget()
	s.created = nil
}

// finish ends the screen, with the access key stored.
func (s *shown) finish() {
	if s.created != nil && s.Stored() {
		s.end()
	}
}

// end leaves the screen. Where the page stays the same, the guard's entry of the history goes too.
func (s *shown) end() {
	if s.stays {
		s.Cancel()
	}
	s.Stop()
	s.done()
	s.forget()
}

// dialog draws the guard's question; nothing while it does not ask.
func (s *shown) dialog() app.UI {
	if s.created == nil {
		return s.Dialog("The access key is being made. If you leave now, you never see it.")
	}
	return s.Dialog("The access key is on this screen and nowhere else. If you leave without it, you have to make another one.")
}
