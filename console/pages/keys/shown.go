package keys

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/secret"
	"github.com/arxkeys/arxkeys/shared/api"
)

// shown is the screen of an access key that was just created, by the wizard or by a rotation.
type shown struct {
	secret.Screen
	ctx      app.Context
	endpoint string // of the Arx; may be empty
	caller   string // one of the application's allowed origins; empty if it has none
	done     func() // called when the person has stored the access key
	stays    bool   // the page stays afterwards
	tenant   string
	waiting  lookout

	created *api.CreatedKey // nil until it is created
}

// mount takes the page's context and session, and a function to call when the person has stored the access key. Stays
// means that the page stays afterwards.
func (s *shown) mount(ctx app.Context, session session, done func(), stays bool) {
	s.ctx, s.done, s.stays = ctx, done, stays
	s.tenant, s.waiting = session.Me().Tenant, lookout{ctx: ctx, session: session}
	s.Noun, s.Left = "access key", func() { s.created = nil }
	s.Mount(ctx, session)
}

// show shows the created key. The answer to a repeated request has no access key.
func (s *shown) show(created api.CreatedKey) {
	s.created = &created
	text := ""
	if created.AccessKey != nil {
		text = string(*created.AccessKey)
	}
	s.Show(text, secret.Unstored{ID: created.Key.ID, Name: created.Key.Name, Rotated: s.stays})
	if text != "" {
		s.waiting.start(created.Key)
	}
}

// forget forgets the access key.
func (s *shown) forget() {
	s.Forget()
	s.waiting.stop()
	s.created = nil
}

// finish closes the screen if the person has stored the access key.
func (s *shown) finish() {
	if s.created != nil && s.Stored() {
		s.end()
	}
}

// end closes the screen. If the page stays, the guard's entry is removed from the history.
func (s *shown) end() {
	if s.stays {
		s.Cancel()
	}
	s.Stop()
	s.done()
	s.forget()
}

// dialog draws the guard's question, or nothing if it does not ask.
func (s *shown) dialog() app.UI {
	if s.created == nil {
		return s.Dialog("The access key is being created. If you leave now, you will never see it.")
	}
	return s.Dialog("The access key is on this screen and nowhere else. If you leave without it, you have to make another one.")
}
