package keys

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// shown is the screen of an access key that was just made, by the wizard or by a rotation: the access
// key is in its memory alone, and gone with it. While it is on its way and until somebody has
// stored it, the guard asks before the page is left.
type shown struct {
	ctx      app.Context
	endpoint string // of the Arx; empty where it has none
	caller   string // an origin that the application is allowed; empty where it calls from none
	done     func() // somebody has stored it
	stays    bool   // the page is still the same afterwards

	created   *api.CreatedKey // nil until it is made
	revealed  bool
	stored    bool
	clipboard ui.Clipboard
	guard     ui.Guard
	leave     func() // what was held up by the guard, while its dialog asks
}

// await guards from here on: what is on its way can't be had again.
func (s *shown) await() { s.guard.Start(s.ctx, s.ask) }

// show takes what was made. An answer to a repeated request holds no access key, so that there is
// nothing to guard.
func (s *shown) show(created api.CreatedKey) {
	s.created, s.revealed, s.stored = &created, false, false
	if created.AccessKey == nil {
		s.guard.Cancel()
		s.stay()
		return
	}
	s.await() // somebody may have left, and got nowhere
}

// giveUp stops guarding: nothing was made.
func (s *shown) giveUp() {
	s.guard.Cancel()
	s.stay()
}

// yield stops guarding: nothing was made, and the guard's entry of the history is the page's from now on.
func (s *shown) yield() {
	s.guard.Stop()
	s.stay()
}

// forget forgets the access key.
func (s *shown) forget() {
	s.guard.Stop()
	s.created, s.revealed, s.stored = nil, false, false
}

// finish ends the screen, with the access key stored.
func (s *shown) finish() {
	if s.created == nil || !s.stored {
		return
	}
	s.end()
}

// end leaves the screen. Where the page stays the same, the guard's entry of the history goes too.
func (s *shown) end() {
	if s.stays {
		s.guard.Cancel()
	}
	s.guard.Stop()
	s.done()
	s.forget()
}

// ask holds up leaving, but for somebody who has stored the access key.
func (s *shown) ask(leave func()) {
	if s.stored {
		leave()
		return
	}
	s.leave = leave
	ui.OpenDialog(s.ctx, leaveDialog, "leave-stay")
}

func (s *shown) stay() {
	if s.leave != nil {
		ui.CloseDialog(leaveDialog)
		s.leave = nil
	}
}

func (s *shown) goAway() {
	leave := s.leave
	s.stay()
	if leave != nil {
		s.created = nil
		leave()
	}
}

const leaveDialog = "leave"

// dialog draws the guard's question; nothing while it does not ask.
func (s *shown) dialog() app.UI {
	if s.leave == nil {
		return nil
	}
	lead := "The access key is on this screen and nowhere else. If you leave without it, you have to make another one."
	if s.created == nil {
		lead = "The access key is being made. If you leave now, you never see it."
	}
	return ui.Dialog{
		ID: leaveDialog, Title: "Leave without the access key?", Lead: []app.UI{app.Text(lead)},
		Foot: []app.UI{
			&ui.Button{Label: "Leave", Look: ui.Danger, OnClick: s.goAway},
			&ui.Button{ID: "leave-stay", Label: "Stay", Look: ui.Primary, OnClick: s.stay},
		},
		OnCancel: s.stay,
	}.UI()
}
