// Package secret holds the screen of a secret that is shown once.
package secret

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// Screen shows a secret that was just created. The secret exists only in the screen's memory. From the
// request on until the person has stored the secret, a guard asks before they leave the page. The zero
// value shows nothing.
type Screen struct {
	Noun string // for the middle of a sentence, such as "access key"
	Left func() // called when the person leaves without the secret; may be nil

	ctx       app.Context
	drafts    drafts
	text      string
	revealed  bool
	stored    bool
	clipboard ui.Clipboard
	guard     ui.Guard
	leave     func() // what the guard has prevented, while its dialog is open
}

// Mount takes the page's context and session.
func (s *Screen) Mount(ctx app.Context, drafts drafts) { s.ctx, s.drafts = ctx, drafts }

// Guard starts the guard, because the answer that is under way can't be retrieved again.
func (s *Screen) Guard() { s.guard.Start(s.ctx, s.ask) }

// Guarded reports whether the guard is on.
func (s *Screen) Guarded() bool { return s.guard.On() }

// Show shows the secret of the resource. The answer to a repeated request has none, so that there is nothing
// to guard.
func (s *Screen) Show(text string, of Unstored) {
	s.text, s.revealed, s.stored = text, false, false
	if text == "" {
		s.Cancel()
		return
	}
	s.drafts.KeepDraft(unstored, of)
	s.Guard() // the person may have confirmed leaving, which ended the guard, but is still here
}

// Text returns the secret, or "" if there is none.
func (s *Screen) Text() string { return s.text }

// Cancel ends the guard and removes its entry from the history.
func (s *Screen) Cancel() {
	s.guard.Cancel()
	s.stay()
}

// Stop ends the guard. The page keeps the guard's entry in the history.
func (s *Screen) Stop() {
	s.guard.Stop()
	s.stay()
}

// Forget forgets the secret and ends the guard.
func (s *Screen) Forget() {
	s.guard.Stop()
	if s.text != "" {
		s.DropUnstored()
	}
	s.text, s.revealed, s.stored = "", false, false
}

// Stored reports whether the person has stored the secret.
func (s *Screen) Stored() bool { return s.stored }

// SetStored sets whether the person has stored the secret.
func (s *Screen) SetStored(stored bool) { s.stored = stored }

// Copy copies a text of the screen, and announces it by its description.
func (s *Screen) Copy(text, what string) { s.clipboard.Copy(s.ctx, text, what) }

// Copied reports whether the text was just copied.
func (s *Screen) Copied(text string) bool { return s.clipboard.Has(text) }

func (s *Screen) copySecret() { s.Copy(s.text, ui.Sentence(s.Noun)) }

// ToggleReveal reveals the secret, or masks it again.
func (s *Screen) ToggleReveal() { s.revealed = !s.revealed }

// ask prevents leaving and opens the dialog, unless the person has stored the secret.
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

// Dialog draws the guard's question with the consequences of leaving, or nil if the guard does not ask.
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

// Card draws the secret, masked except for its prefix, with the buttons that download it, and how to use it.
func (s *Screen) Card(prefix string, use []app.UI, done func(), downloads ...app.UI) app.UI {
	content := app.Div().Class("card-body", "form").Body(
		app.P().Class("stay").Body(ui.Icon("warning"), app.Span().Body(
			app.B().Text("Do not close this window before you have stored the "+s.Noun+"."),
			app.Text(" It is shown once. Arxkeys keeps only a hash of it, so nobody can show it to you again."),
		)),
		ui.Secret{
			Name: ui.Sentence(s.Noun), Text: s.text, Prefix: prefix, HeadChars: 4, TailChars: 4, Revealed: s.revealed,
			CopyName: "Copy " + s.Noun, RevealName: "Reveal " + s.Noun, OnCopy: s.copySecret, OnReveal: s.ToggleReveal,
			Copied: s.Copied(s.text), Actions: downloads,
		}.UI(),
		app.Div().Class("form-group").Body(append([]app.UI{app.H3().Text("Use it")}, use...)...),
	)
	return ui.StepCard(ui.Sentence(s.Noun), "", nil, []app.UI{content}, []app.UI{
		&ui.Check{ID: "stored", Label: "I have stored this " + s.Noun, Checked: s.stored, OnChange: s.SetStored},
		app.Span().Class("push"),
		&ui.Button{ID: "done", Label: "Done", Look: ui.Primary, Disabled: !s.stored, OnClick: done},
	})
}
