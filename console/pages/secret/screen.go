// Package secret holds the screen of a secret that is shown once.
package secret

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// Screen shows a secret that was just made. The secret is in the screen's memory alone, and gone with
// it. While the secret is on its way, and until somebody has stored it, a guard asks before the page is
// left. The zero value shows nothing.
type Screen struct {
	Noun string // the secret, as within a sentence: "access key"
	Left func() // somebody leaves without it; nil for nothing

	ctx       app.Context
	text      string
	revealed  bool
	stored    bool
	clipboard ui.Clipboard
	guard     ui.Guard
	leave     func() // what was held up by the guard, while its dialog asks
}

// Mount takes the page's context.
func (s *Screen) Mount(ctx app.Context) { s.ctx = ctx }

// Guard asks from here on: what is on its way can't be had again.
func (s *Screen) Guard() { s.guard.Start(s.ctx, s.ask) }

// Guarded reports whether the guard asks before the page is left.
func (s *Screen) Guarded() bool { return s.guard.On() }

// Show takes the secret. An answer to a repeated request holds none: then there is nothing to guard.
func (s *Screen) Show(text string) {
	s.text, s.revealed, s.stored = text, false, false
	if text == "" {
		s.Cancel()
		return
	}
	s.Guard() // somebody may have left, and got nowhere
}

// Text returns the secret; empty where there is none.
func (s *Screen) Text() string { return s.text }

// Cancel stops guarding as if the guard had never started: its entry of the history goes too.
func (s *Screen) Cancel() {
	s.guard.Cancel()
	s.stay()
}

// Stop stops guarding. The guard's entry of the history is the page's from now on.
func (s *Screen) Stop() {
	s.guard.Stop()
	s.stay()
}

// Forget forgets the secret, and stops guarding.
func (s *Screen) Forget() {
	s.guard.Stop()
	s.text, s.revealed, s.stored = "", false, false
}

// Stored reports whether somebody has stored the secret.
func (s *Screen) Stored() bool { return s.stored }

// SetStored takes whether somebody has stored the secret.
func (s *Screen) SetStored(stored bool) { s.stored = stored }

// Copy puts a text of the screen on the clipboard, and announces it as what it is.
func (s *Screen) Copy(text, what string) { s.clipboard.Copy(s.ctx, text, what) }

// Copied reports whether the text has just been copied.
func (s *Screen) Copied(text string) bool { return s.clipboard.Has(text) }

func (s *Screen) copySecret() { s.Copy(s.text, ui.Sentence(s.Noun)) }

// ToggleReveal shows the whole secret, or masks it again.
func (s *Screen) ToggleReveal() { s.revealed = !s.revealed }

// ask holds up leaving, but for somebody who has stored the secret.
func (s *Screen) ask(leave func()) {
	if s.stored {
		leave()
		return
	}
	s.leave = leave
	ui.OpenDialog(s.ctx, leaveDialog, leaveStay)
}

func (s *Screen) stay() {
	if s.leave != nil {
		ui.CloseDialog(leaveDialog)
		s.leave = nil
	}
}

func (s *Screen) goAway() {
	leave := s.leave
	s.stay()
	if leave == nil {
		return
	}
	if s.Left != nil {
		s.Left()
	}
	leave()
}

const (
	leaveDialog = "leave"
	leaveStay   = "leave-stay"
)

// Dialog draws the guard's question, with what leaving means; nil while the guard does not ask.
func (s *Screen) Dialog(lead string) app.UI {
	if s.leave == nil {
		return nil
	}
	return ui.Dialog{
		ID: leaveDialog, Title: "Leave without the " + s.Noun + "?", Lead: []app.UI{app.Text(lead)},
		Foot: []app.UI{
			&ui.Button{Label: "Leave", Look: ui.Danger, OnClick: s.goAway},
			&ui.Button{ID: leaveStay, Label: "Stay", Look: ui.Primary, OnClick: s.stay},
		},
		OnCancel: s.stay,
	}.UI()
}

// Card is the secret's card. It masks the secret but for the prefix, and tells how to try it: with a
// command that reads it from a .env file, which is among the downloads.
func (s *Screen) Card(prefix, command string, copyCommand, done func(), downloads ...app.UI) app.UI {
	content := app.Div().Class("card-body", "form").Body(
		ui.Secret{
			Name: ui.Sentence(s.Noun), Text: s.text, Prefix: prefix, HeadChars: 4, TailChars: 4, Revealed: s.revealed,
			CopyName: "Copy " + s.Noun, RevealName: "Reveal " + s.Noun, OnCopy: s.copySecret, OnReveal: s.ToggleReveal,
			Copied: s.Copied(s.text), Actions: downloads,
		}.UI(),
		app.Div().Class("form-group").Body(
			app.H3().Text("Try it"),
			ui.CodeBlock("curl command", command, s.Copied(command), copyCommand),
			app.P().Class("hint").Body(ui.Prose("Load the `.env` file first, so that the "+s.Noun+" stays out of your shell history.")...),
		),
	)
	return ui.StepCard(ui.Sentence(s.Noun), "Shown once. Arxkeys keeps only a hash of it, so nobody can show it to you again.", nil, []app.UI{content}, []app.UI{
		&ui.Check{ID: "stored", Label: "I have stored this " + s.Noun, Checked: s.stored, OnChange: s.SetStored},
		app.Span().Class("push"),
		&ui.Button{ID: "done", Label: "Done", Look: ui.Primary, Disabled: !s.stored, OnClick: done},
	})
}
