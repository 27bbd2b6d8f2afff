package keys

import (
	"cmp"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/secret"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// lostKey returns the API key whose access key a reload has lost, if it has lost one.
func (s *shown) lostKey() (key secret.Unstored, ok bool) {
	key, ok = s.Unstored()
	return key, ok && strings.HasPrefix(key.ID, api.KeyPrefix)
}

// start begins the wizard, unless a reload has lost the access key of a key: that is said first.
func (w *Wizard) start() {
	if key, ok := w.shown.lostKey(); ok && !key.Rotated {
		w.lost = true
		return
	}
	w.begin(w.asksFrom())
	w.preselect()
	w.visit()
	w.readApplications()
	w.readArxes()
}

// another starts the wizard after the person has read that an access key was lost.
func (w *Wizard) another() {
	w.lost = false
	w.shown.DropUnstored()
	w.start()
	ui.Focus(w.ctx, ui.StepTitle)
}

func (w *Wizard) openLost(mark string) {
	key, _ := w.shown.lostKey()
	w.path.Leave("/keys/" + key.ID + mark)
}

func (w *Wizard) rotateLost() { w.openLost("#" + rotateMark) }
func (w *Wizard) showLost()   { w.openLost("") }

// lostCard says that a key exists whose access key a reload has lost, and offers to rotate it.
func (w *Wizard) lostCard() app.UI {
	key, _ := w.shown.lostKey()
	return ui.StepCard("Access key", "The key exists, and its access key can’t be shown again.", nil, []app.UI{
		app.Div().Class("card-body", "form").Body(
			ui.Banner("warn", "warning", key.ID+" was created, and its access key was not stored.",
				"The page was reloaded while the access key was on the screen. Rotate "+ui.Verbatim(cmp.Or(strings.TrimSpace(key.Name), "the key"))+" for a new access key. Nobody holds the lost one, so it can end now."),
		),
	}, []app.UI{
		&ui.Button{Label: "Create another key", Look: ui.Quiet, OnClick: w.another},
		app.Span().Class("push"),
		&ui.Button{Label: "Open the key", OnClick: w.showLost},
		&ui.Button{ID: "rotate-lost", Label: "Rotate for a new access key", Icon: "rotate", Look: ui.Primary, OnClick: w.rotateLost},
	})
}

// lostBanner says that a rotation's access key was lost by a reload, and offers to replace it. It returns nil
// if none was.
func (d *Detail) lostBanner() app.UI {
	key, ok := d.shown.lostKey()
	k := &d.key.Value
	if !ok || !key.Rotated || key.ID != d.id || k.Status == api.KeyDeleted {
		return nil
	}
	return ui.Banner("warn", "warning", key.ID+" was rotated, and its new access key was not stored.",
		"The page was reloaded while the access key was on the screen. Rotate the key again for another one.",
		&ui.Button{ID: "rotate-lost", Label: "Rotate for a new access key", Small: true, Disabled: !k.May("rotate") && !k.May("replace"), OnClick: d.startRotation})
}
