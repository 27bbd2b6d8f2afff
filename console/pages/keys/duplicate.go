package keys

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/shell"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// fromParam is the parameter of the wizard's address that names the key to duplicate: /keys/new?from=key_….
const fromParam = "from"

// like is the key that a draft duplicates.
type like struct {
	ID   string `json:"id"`
	Name string `json:"name"` // its id if it has no name

	ApplicationID string `json:"application_id"`
	ArxID         string `json:"arx_id"`
}

// original is the key to duplicate, with its application and Arx.
type original struct {
	key         api.Key
	application api.Application
	arx         api.Arx
}

// asksFrom returns the id of the key to duplicate that the address names, or "".
func (w *Wizard) asksFrom() string {
	return strings.TrimSpace(w.ctx.Page().URL().Query().Get(fromParam))
}

// unread reports whether the key to duplicate is not read yet.
func (w *Wizard) unread() bool { return w.from != "" && w.draft.Like == nil && w.shown.created == nil }

func (w *Wizard) readOriginal() {
	id, c := w.from, w.session.Client()
	w.original.Start(w.ctx, func(ctx context.Context) (o original, err error) {
		if o.key, err = client.Call(ctx, c, api.GetKey, api.KeyID{ID: id}); err != nil {
			return o, err
		}
		if o.application, err = client.Call(ctx, c, api.GetApplication, api.ApplicationID{ID: o.key.Application.ID}); err != nil {
			return o, err
		}
		o.arx, err = client.Call(ctx, c, api.GetArx, api.ArxID{ID: o.key.Arx.ID})
		return o, err
	}, func() {
		if w.original.Err == nil && w.unread() {
			w.duplicate(w.original.Value, time.Now())
		}
	})
}

// duplicate fills the draft with everything of the key except its access key, and shows the options. An
// application or Arx that is not active has to be chosen anew.
func (w *Wizard) duplicate(o original, now time.Time) {
	w.draft = draft{Like: &like{ID: o.key.ID, Name: o.key.Title(), ApplicationID: o.application.ID, ArxID: o.arx.ID}, settings: copied(o.key, now)}
	if o.application.Status == api.ApplicationActive {
		w.draft.Application = &o.application
	}
	if o.arx.Status == api.ArxActive {
		w.draft.Arx = &o.arx
	}
	w.refresh()
	w.replaceStep(stepOptions)
}

// copied returns the settings of a key for another one: with another name, and with the key's expiry unless that is
// past.
func copied(k api.Key, now time.Time) settings {
	s := settingsOf(k)
	if s.Expiry = never; k.ExpiresAt != nil && k.ExpiresAt.After(now) {
		s.Expiry, s.Kept = asIs, *k.ExpiresAt
	}
	if again := strings.TrimSpace(s.Name) + " 2"; s.Name != "" && utf8.RuneCountInString(again) <= api.MaxNameRunes {
		s.Name = again
	}
	return s
}

// waitForOriginal draws the page until the key to duplicate is read.
func (w *Wizard) waitForOriginal(head ui.Head) app.UI {
	if w.original.Err != nil {
		return ui.Page(head, shell.Failure("The key to duplicate could not be loaded", w.original.Err, false, w.original.Running, w.readOriginal))
	}
	return ui.Page(head, ui.Waiting(w.original.Slow))
}

// duplication returns the address that duplicates the key.
func duplication(id string) string { return "/keys/new?" + fromParam + "=" + id }

func (d *Detail) duplicate() { d.ctx.Navigate(duplication(d.id)) }
