package keys

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
)

// prefixChars is how long the part of an access key is that all of an environment share: arxk_prd_.
const prefixChars = 9

// secret returns the access key in clear; empty where the answer to create was a repeated one, which
// holds none.
func (w *Wizard) secret() string {
	if w.created.AccessKey == nil {
		return ""
	}
	return string(*w.created.AccessKey)
}

// handover returns what is to be taken away, after the key was created.
func (w *Wizard) handover() handover {
	h := handover{key: w.created.Key, secret: w.secret()}
	if w.draft.Arx != nil {
		h.endpoint = w.draft.Arx.Endpoint
	}
	if a := w.draft.Application; a != nil && len(a.AllowedOrigins) > 0 {
		h.caller = a.AllowedOrigins[0]
	}
	return h
}

func (w *Wizard) copyAccessKey()      { w.clipboard.Copy(w.ctx, w.secret(), "Access key") }
func (w *Wizard) copyCurl()           { w.clipboard.Copy(w.ctx, w.curl(), "Command") }
func (w *Wizard) copyID(id string)    { w.clipboard.Copy(w.ctx, id, "API key "+id) }
func (w *Wizard) toggleReveal()       { w.revealed = !w.revealed }
func (w *Wizard) setStored(done bool) { w.stored = done }

func (w *Wizard) downloadEnv() {
	ui.Download(w.created.Key.ID+".env", "text/plain", w.handover().env())
}

func (w *Wizard) downloadJSON() {
	ui.Download(w.created.Key.ID+".json", "application/json", w.handover().json())
}

// curl is the command for the address at which the console stands: the API's own.
func (w *Wizard) curl() string {
	page := w.ctx.Page().URL()
	return w.handover().curl(page.Scheme + "://" + page.Host)
}

// accessKeyStep shows the access key, once.
func (w *Wizard) accessKeyStep() app.UI {
	secret := w.secret()
	content := app.Div().Class("card-body", "form").Body(
		ui.Secret{
			Name: "Access key", Text: secret, Prefix: secret[:min(prefixChars, len(secret))], HeadChars: 4, TailChars: 4, Revealed: w.revealed,
			CopyName: "Copy access key", RevealName: "Reveal access key", OnCopy: w.copyAccessKey, OnReveal: w.toggleReveal,
			Copied: w.clipboard.Has(secret),
			Actions: []app.UI{
				&ui.Button{Label: "Download .env", Icon: "download", OnClick: w.downloadEnv},
				&ui.Button{Label: "Download .json", Icon: "download", OnClick: w.downloadJSON},
			},
		}.UI(),
		app.Div().Class("form-group").Body(
			app.H3().Text("Try it"),
			ui.CodeBlock("curl command", w.curl(), w.clipboard.Has(w.curl()), w.copyCurl),
			app.P().Class("hint").Body(ui.Prose("Load the `.env` file first, so that the access key stays out of your shell history. `ARXKEYS_MANAGEMENT_KEY` is a credential that may verify.")...),
		),
	)
	return stepCard("Access key", "Shown once. Arxkeys keeps only a hash of it, so nobody can show it to you again.", nil, []app.UI{content}, []app.UI{
		&ui.Check{ID: "stored", Label: "I have stored this access key", Checked: w.stored, OnChange: w.setStored},
		app.Span().Class("push"),
		&ui.Button{ID: "done", Label: "Done", Look: ui.Primary, Disabled: !w.stored, OnClick: w.done},
	})
}

func (w *Wizard) createdFacts() app.UI {
	k, now := w.created.Key, time.Now()
	return aside("Created", ui.Facts(
		ui.Fact{Term: "API key", Value: []app.UI{&ui.CopyID{ID: k.ID, Name: "Copy API key", Copied: w.clipboard.Has(k.ID), OnCopy: w.copyID}}},
		ui.TextFact("Name", strings.TrimSpace(k.Name), "Unnamed"),
		ui.TextFact("Application", k.Application.Name, ""),
		ui.Fact{Term: "Arx", Value: []app.UI{app.Text(k.Arx.Name + " "), ui.Env(arxes.Env(k.Arx.Purpose))}},
		ui.Fact{Term: "Rotate by", Value: []app.UI{ui.Date(k.RotateBy, now)}},
	))
}
