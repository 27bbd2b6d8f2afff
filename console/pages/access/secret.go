package access

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/snippet"
	"github.com/arxkeys/arxkeys/console/ui"
)

const leaveDialog = "leave"

// text returns the management key in clear; empty where the answer was to a repeated request, which
// holds none.
func (c *Create) text() string {
	if c.created == nil || c.created.Secret == nil {
		return ""
	}
	return string(*c.created.Secret)
}

func (c *Create) copySecret()         { c.clipboard.Copy(c.ctx, c.text(), "Management key") }
func (c *Create) copyCurl()           { c.clipboard.Copy(c.ctx, c.curl(), "Command") }
func (c *Create) toggleReveal()       { c.revealed = !c.revealed }
func (c *Create) setStored(done bool) { c.stored = done }

func (c *Create) downloadEnv() {
	ui.Download(c.created.ManagementKey.ID+".env", "text/plain", snippet.Assignment("ARXKEYS_MANAGEMENT_KEY", c.text()))
}

// curl asks who the management key is. It comes from the environment, and stays out of the shell's
// history.
func (c *Create) curl() string {
	page := c.ctx.Page().URL()
	return snippet.Command(
		[]string{"curl", snippet.Word(page.Scheme + "://" + page.Host + "/v1/me")},
		[]string{"-H", `"Authorization: Bearer $ARXKEYS_MANAGEMENT_KEY"`},
	)
}

// secret shows the management key, once.
func (c *Create) secret() app.UI {
	return app.Section().Class("card").Aria("labelledby", "secret-title").Body(
		app.Header().Class("card-head").Body(app.Div().Body(
			app.H2().ID("secret-title").TabIndex(-1).Text("Management key"),
			app.P().Class("lead").Text("Shown once. Arxkeys keeps only a hash of it, so nobody can show it to you again."),
		)),
		app.Div().Class("card-body", "form").Body(
			ui.Secret{
				Name: "Management key", Text: c.text(), Prefix: "arxm_", HeadChars: 4, TailChars: 4, Revealed: c.revealed,
				CopyName: "Copy management key", RevealName: "Reveal management key", OnCopy: c.copySecret, OnReveal: c.toggleReveal,
				Copied:  c.clipboard.Has(c.text()),
				Actions: []app.UI{&ui.Button{Label: "Download .env", Icon: "download", OnClick: c.downloadEnv}},
			}.UI(),
			app.Div().Class("form-group").Body(
				app.H3().Text("Try it"),
				ui.CodeBlock("curl command", c.curl(), c.clipboard.Has(c.curl()), c.copyCurl),
				app.P().Class("hint").Body(ui.Prose("Load the `.env` file first, so that the management key stays out of your shell history.")...),
			),
		),
		app.Footer().Class("wizard-foot").Body(
			&ui.Check{ID: "stored", Label: "I have stored this management key", Checked: c.stored, OnChange: c.setStored},
			app.Span().Class("push"),
			&ui.Button{ID: "done", Label: "Done", Look: ui.Primary, Disabled: !c.stored, OnClick: c.done},
		),
	)
}

// done leaves with the management key stored.
func (c *Create) done() {
	if !c.stored || c.created == nil {
		return
	}
	c.guard.Stop()
	ui.Notify(c.ctx, ui.Toast{Text: c.created.ManagementKey.Name + " is created.", Detail: "It may call from now on."})
	c.created = nil
	c.ctx.Navigate("/access")
}

// ask holds up leaving, but for somebody who has stored the management key.
func (c *Create) ask(leave func()) {
	if c.stored {
		leave()
		return
	}
	c.leave = leave
	ui.OpenDialog(c.ctx, leaveDialog, "leave-stay")
}

func (c *Create) stay() {
	ui.CloseDialog(leaveDialog)
	c.leave = nil
}

func (c *Create) goAway() {
	leave := c.leave
	c.stay()
	if leave != nil {
		leave()
	}
}

func (c *Create) leaveDialog() app.UI {
	return ui.Dialog{
		ID: leaveDialog, Title: "Leave without the management key?",
		Lead: ui.Prose("It is on this screen and nowhere else. If you leave without it, you have to delete it and create another."),
		Foot: []app.UI{
			&ui.Button{Label: "Leave", Look: ui.Danger, OnClick: c.goAway},
			&ui.Button{ID: "leave-stay", Label: "Stay", Look: ui.Primary, OnClick: c.stay},
		},
		OnCancel: c.stay,
	}.UI()
}
