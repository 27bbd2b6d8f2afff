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

// secret returns the access key in clear; empty where the answer was to a repeated request, which
// holds none.
func (s *shown) secret() string {
	if s.created == nil || s.created.AccessKey == nil {
		return ""
	}
	return string(*s.created.AccessKey)
}

// handover returns what is to be taken away.
func (s *shown) handover() handover {
	return handover{key: s.created.Key, secret: s.secret(), endpoint: s.endpoint, caller: s.caller}
}

func (s *shown) copyAccessKey()      { s.clipboard.Copy(s.ctx, s.secret(), "Access key") }
func (s *shown) copyCurl()           { s.clipboard.Copy(s.ctx, s.curl(), "Command") }
func (s *shown) copyID(id string)    { s.clipboard.Copy(s.ctx, id, "API key "+id) }
func (s *shown) toggleReveal()       { s.revealed = !s.revealed }
func (s *shown) setStored(done bool) { s.stored = done }

func (s *shown) downloadEnv() {
	ui.Download(s.created.Key.ID+".env", "text/plain", s.handover().env())
}

func (s *shown) downloadJSON() {
	ui.Download(s.created.Key.ID+".json", "application/json", s.handover().json())
}

// open shows the key whose access key was lost.
func (s *shown) open() {
	if s.stays {
		s.end()
		return
	}
	ui.Leave(s.ctx, "/keys/"+s.created.Key.ID)
}

// curl is the command for the address at which the console stands: the API's own.
func (s *shown) curl() string {
	page := s.ctx.Page().URL()
	return s.handover().curl(page.Scheme + "://" + page.Host)
}

// card shows the access key, once.
func (s *shown) card() app.UI {
	secret := s.secret()
	if secret == "" {
		return s.lost()
	}
	content := app.Div().Class("card-body", "form").Body(
		ui.Secret{
			Name: "Access key", Text: secret, Prefix: secret[:min(prefixChars, len(secret))], HeadChars: 4, TailChars: 4, Revealed: s.revealed,
			CopyName: "Copy access key", RevealName: "Reveal access key", OnCopy: s.copyAccessKey, OnReveal: s.toggleReveal,
			Copied: s.clipboard.Has(secret),
			Actions: []app.UI{
				&ui.Button{Label: "Download .env", Icon: "download", OnClick: s.downloadEnv},
				&ui.Button{Label: "Download .json", Icon: "download", OnClick: s.downloadJSON},
			},
		}.UI(),
		app.Div().Class("form-group").Body(
			app.H3().Text("Try it"),
			ui.CodeBlock("curl command", s.curl(), s.clipboard.Has(s.curl()), s.copyCurl),
			app.P().Class("hint").Body(ui.Prose("Load the `.env` file first, so that the access key stays out of your shell history.")...),
		),
	)
	return stepCard("Access key", "Shown once. Arxkeys keeps only a hash of it, so nobody can show it to you again.", nil, []app.UI{content}, []app.UI{
		&ui.Check{ID: "stored", Label: "I have stored this access key", Checked: s.stored, OnChange: s.setStored},
		app.Span().Class("push"),
		&ui.Button{ID: "done", Label: "Done", Look: ui.Primary, Disabled: !s.stored, OnClick: s.finish},
	})
}

// lost says that the access key was in an answer that never came.
func (s *shown) lost() app.UI {
	return stepCard("Access key", "The key exists, and its access key can’t be shown.", nil, []app.UI{
		app.Div().Class("card-body").Body(ui.Banner("warn", "warning", "The first answer was lost on its way.", s.created.Notice)),
	}, []app.UI{
		app.Span().Class("push"),
		&ui.Button{Label: "Open the key", Look: ui.Primary, OnClick: s.open},
	})
}

// facts stand beside the card.
func (s *shown) facts(title string) app.UI {
	k, now := s.created.Key, time.Now()
	facts := []ui.Fact{
		{Term: "API key", Value: []app.UI{&ui.CopyID{ID: k.ID, Name: "Copy API key", Copied: s.clipboard.Has(k.ID), OnCopy: s.copyID}}},
		ui.TextFact("Name", strings.TrimSpace(k.Name), "Unnamed"),
		ui.TextFact("Application", k.Application.Name, ""),
		{Term: "Arx", Value: []app.UI{app.Text(k.Arx.Name + " "), ui.Tag(arxes.Env(k.Arx.Purpose))}},
		{Term: "Rotate by", Value: []app.UI{ui.Date(k.RotateBy, now)}},
	}
	if k.OverlapUntil != nil {
		facts = append(facts, ui.Fact{Term: "The one before", Value: []app.UI{app.Text("works until "), ui.Moment(*k.OverlapUntil, now)}})
	}
	return ui.Aside(title, ui.Facts(facts...))
}
