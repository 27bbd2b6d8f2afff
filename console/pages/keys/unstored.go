package keys

import (
	"cmp"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// lostOf reports whether the id is that of an API key whose access key a reload has lost.
func (s *shown) lostOf() (id, name string, rotated, ok bool) {
	lost, ok := s.Unstored()
	return lost.ID, strings.TrimSpace(lost.Name), lost.Rotated, ok && strings.HasPrefix(lost.ID, api.KeyPrefix)
}

// start begins the wizard, unless a reload has lost the access key of a key: that is said first.
func (w *Wizard) start() {
	if _, _, rotated, ok := w.shown.lostOf(); ok && !rotated {
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
	id, _, _, _ := w.shown.lostOf()
	w.path.Leave("/keys/" + id + mark)
}

func (w *Wizard) rotateLost() { w.openLost("#" + rotateMark) }
func (w *Wizard) showLost()   { w.openLost("") }

// lostCard says that a key exists whose access key a reload has lost, and offers to rotate it.
func (w *Wizard) lostCard() app.UI {
	id, name, _, _ := w.shown.lostOf()
	return ui.StepCard("Access key", "The key exists, and its access key can’t be shown again.", nil, []app.UI{
		app.Div().Class("card-body", "form").Body(
			ui.Banner("warn", "warning", id+" was created, and its access key was not stored.",
				"The page was reloaded while the access key was on the screen. Rotate "+ui.Verbatim(cmp.Or(name, "the key"))+" for a new access key. Nobody holds the lost one, so it can end now."),
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
	id, _, rotated, ok := d.shown.lostOf()
	k := &d.key.Value
	if !ok || !rotated || id != d.id || k.Status == api.KeyDeleted {
		return nil
	}
	return ui.Banner("warn", "warning", id+" was rotated, and its new access key was not stored.",
		"The page was reloaded while the access key was on the screen. Rotate the key again for another one.",
		&ui.Button{ID: "rotate-lost", Label: "Rotate for a new access key", Small: true, Disabled: !k.May("rotate") && !k.May("replace"), OnClick: d.startRotation})
}
