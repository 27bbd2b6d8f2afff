package access

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/snippet"
	"github.com/arxkeys/arxkeys/console/ui"
)

func (c *Create) copyCurl() { c.screen.Copy(c.curl(), "Command") }

func (c *Create) downloadEnv() {
	ui.Download(c.created.ManagementKey.ID+".env", "text/plain", snippet.Assignment("ARXKEYS_MANAGEMENT_KEY", c.screen.Text()))
}

// curl returns a command that tests the management key. The key comes from the environment, which keeps
// it out of the shell's history.
func (c *Create) curl() string {
	page := c.ctx.Page().URL()
	return snippet.Command(
		[]string{"curl", snippet.Word(page.Scheme + "://" + page.Host + "/v1/me")},
		[]string{"-H", `"Authorization: Bearer $ARXKEYS_MANAGEMENT_KEY"`},
	)
}

// card draws the management key. It is shown only once.
func (c *Create) card() app.UI {
	command := c.curl()
	use := []app.UI{
		ui.CodeBlock("curl command", command, c.screen.Copied(command), c.copyCurl),
		app.P().Class("hint").Body(ui.Prose("Load the `.env` file first, so that the management key stays out of your shell’s history: `set -a; . ./" + c.created.ManagementKey.ID + ".env; set +a`")...),
	}
	return c.screen.Card("arxm_", use, c.done, &ui.Button{Label: "Download .env", Icon: "download", OnClick: c.downloadEnv})
}

// done leaves the page, after the person has stored the management key.
func (c *Create) done() {
	if !c.screen.Stored() || c.created == nil {
		return
	}
	ui.Notify(c.ctx, ui.Toast{Text: c.created.ManagementKey.Name + " is created.", Detail: "It may call from now on."})
	c.forget()
	c.ctx.Navigate("/access")
}

func (c *Create) forget() {
	c.screen.Forget()
	c.created = nil
}
