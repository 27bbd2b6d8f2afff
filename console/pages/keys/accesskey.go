package keys

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
)

// prefixChars is the length of the prefix that all access keys of an environment share: arxk_prd_.
const prefixChars = 9

// handover returns the access key with its downloads.
func (s *shown) handover() handover {
	return handover{key: s.created.Key, secret: s.Text(), endpoint: s.endpoint}
}

func (s *shown) copyID(id string) { s.Copy(id, "API key "+id) }

func (s *shown) downloadEnv() {
	ui.Download(s.created.Key.ID+".env", "text/plain", s.handover().env())
}

func (s *shown) downloadJSON() {
	ui.Download(s.created.Key.ID+".json", "application/json", s.handover().json())
}

// open opens the page of the key whose access key was lost.
func (s *shown) open() {
	if s.stays {
		s.end()
		return
	}
	ui.Leave(s.ctx, "/keys/"+s.created.Key.ID)
}

// card draws the access key. It is shown only once.
func (s *shown) card() app.UI {
	text := s.Text()
	if text == "" {
		return s.lost()
	}
	use := []app.UI{&ui.Snippets{Items: snippets(s.ctx, s.tenant, s.created.Key, s.caller)}, ui.Slot(s.waiting.UI())}
	return s.Card(text[:min(prefixChars, len(text))], use, s.finish,
		&ui.Button{Label: "Download .env", Icon: "download", OnClick: s.downloadEnv},
		&ui.Button{Label: "Download .json", Icon: "download", OnClick: s.downloadJSON})
}

// lost draws that the access key was in an answer that was lost.
func (s *shown) lost() app.UI {
	return ui.StepCard("Access key", "The key exists, and its access key can’t be shown.", nil, []app.UI{
		app.Div().Class("card-body").Body(ui.Banner("warn", "warning", "The first answer was lost on its way.", s.created.Notice)),
	}, []app.UI{
		app.Span().Class("push"),
		&ui.Button{Label: "Open the key", Look: ui.Primary, OnClick: s.open},
	})
}

// facts draws the key's settings beside the card.
func (s *shown) facts(title string) app.UI {
	k, now := s.created.Key, time.Now()
	facts := []ui.Fact{
		{Term: "API key", Value: []app.UI{&ui.CopyID{ID: k.ID, Name: "Copy API key", Of: k.Title(), Copied: s.Copied(k.ID), OnCopy: s.copyID}}},
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
