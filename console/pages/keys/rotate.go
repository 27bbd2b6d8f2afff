package keys

import (
	"cmp"
	"crypto/rand"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// rotation is the state of the dialog that rotates a key.
type rotation struct {
	overlap  string // the chosen overlap, in seconds
	attempt  string // idempotency key of the request, so that a retry rotates only once
	running  bool
	err      error
	replaces bool // an overlap is running, so the newest access key is replaced
}

const rotateDialog = "rotate"

var overlaps = []struct{ seconds, title, note string }{
	{"0", "Now", "It is refused as soon as the new one is created."},
	{"3600", "1 hour", "For a holder that reads its configuration often."},
	{"86400", "24 hours", "For a holder that is deployed every day."},
	{"604800", "7 days", "If you don’t know everybody who holds it."},
}

// startRotation opens the dialog that asks for the overlap.
func (d *Detail) startRotation() {
	k := &d.key.Value
	if !k.May("rotate") && !k.May("replace") {
		return
	}
	d.rotation = &rotation{overlap: "86400", attempt: rand.Text(), replaces: !k.May("rotate")}
	d.openRotation()
}

// openRotation shows the dialog. If there is nothing to choose, the focus is on Cancel, never on a
// destructive button.
func (d *Detail) openRotation() {
	field := "overlap-" + d.rotation.overlap
	if d.rotation.replaces {
		field = "rotate-cancel"
	}
	ui.OpenDialog(d.ctx, rotateDialog, field)
}

func (d *Detail) cancelRotation() {
	if r := d.rotation; r != nil && !r.running {
		ui.CloseDialog(rotateDialog)
		d.rotation = nil
	}
}

func (d *Detail) setOverlap(seconds string) {
	if r := d.rotation; r != nil && r.overlap != seconds {
		r.overlap, r.attempt = seconds, rand.Text() // a different request needs its own idempotency key
	}
}

// rotate requests the new access key, one request at a time. From here on, the guard asks before a person leaves.
func (d *Detail) rotate() {
	r := d.rotation
	if r == nil || r.running {
		return
	}
	seconds, _ := strconv.Atoi(r.overlap) // can't fail: one of the options
	request := api.RotateKeyRequest{ID: d.id, Idempotent: api.Idempotent{IdempotencyKey: r.attempt}, OverlapSeconds: &seconds}
	if r.replaces {
		*request.OverlapSeconds, request.Replace = 0, api.ReplaceNew // the previous access key keeps its overlap
	}
	r.running, r.err = true, nil
	d.shown.Guard()
	d.ctx.Async(func() {
		created, err := client.Call(d.ctx, d.session.Client(), api.RotateKey, request)
		d.ctx.Dispatch(func(app.Context) { d.afterRotation(r, created, err) })
	})
}

func (d *Detail) afterRotation(r *rotation, created api.CreatedKey, err error) {
	r.running, r.err = false, err
	if err != nil {
		d.shown.Cancel()
		if !ui.Unknown(err) {
			r.attempt = rand.Text()
		}
		d.openRotation() // browsers close the dialog on a second Esc even if the page prevents the first
		return
	}
	ui.CloseDialog(rotateDialog)
	d.rotation = nil
	if d.joined.Here {
		d.shown.endpoint = d.joined.Value.arx.Endpoint
		if origins := d.joined.Value.application.AllowedOrigins; len(origins) > 0 {
			d.shown.caller = origins[0]
		}
	}
	d.shown.show(created)
	ui.Focus(d.ctx, ui.StepTitle)
}

// rotated returns to the key's page after the person has stored the new access key.
func (d *Detail) rotated() {
	is := d.shown.created.Key
	ui.Notify(d.ctx, ui.Toast{Text: is.Title() + " is rotated.", Detail: cmp.Or(still(is.KeySummary), "The new access key verifies from now on.")})
	ui.FocusTitle(d.ctx)
	d.changed(is)
}

// rotationDialog draws the dialog, or nothing while it is closed.
func (d *Detail) rotationDialog() app.UI {
	r := d.rotation
	if r == nil {
		return nil
	}
	k, now := &d.key.Value, time.Now()
	dialog := ui.Dialog{
		ID: rotateDialog, Title: "Rotate API key", OnSubmit: d.rotate, OnCancel: d.cancelRotation,
		Lead: ui.Prose("The key gets a new access key, which you see once, on the next screen. Its id and its settings stay."),
		Foot: []app.UI{
			&ui.Button{ID: "rotate-cancel", Label: "Cancel", Disabled: r.running, OnClick: d.cancelRotation},
			&ui.Button{Label: "Rotate", Look: ui.Primary, Submit: true, Busy: r.running},
		},
	}
	if r.replaces {
		dialog.Title = "Replace the newest access key"
		dialog.Lead = ui.Prose("Use this if the newest access key was lost before it was stored. It is refused at once and replaced by another one.")
		before := "The access key before it keeps working until its overlap ends."
		if k.OverlapUntil != nil {
			before = "The access key before it keeps working until " + untilText(*k.OverlapUntil, now) + "."
		}
		dialog.Body = []app.UI{app.P().Body(ui.Timed(before)...)}
	} else {
		cards := make([]app.UI, len(overlaps))
		for i, o := range overlaps {
			cards[i] = &ui.Choice{
				Group: "overlap", Value: o.seconds, Title: o.title, Note: o.note, Chosen: r.overlap == o.seconds, Disabled: r.running,
				OnChoose: func(bool) { d.setOverlap(o.seconds) },
			}
		}
		hint := ""
		if k.ExpiresAt != nil && k.ExpiresAt.Sub(now) < 7*24*time.Hour {
			hint = "Never past the key’s own expiry, " + ui.InText(*k.ExpiresAt, ui.Day(*k.ExpiresAt, now)) + "."
		}
		dialog.Body = []app.UI{ui.Choices{ID: "overlap", Legend: "The current access key ends", Hint: hint, Cols: 2, Cards: cards}.UI()}
	}
	dialog.Body = append(dialog.Body, ui.Slot(r.failure()))
	return dialog.UI()
}

// failure draws that the rotation failed or, without an answer, that its outcome is unknown.
func (r *rotation) failure() app.UI {
	switch {
	case r.err == nil:
		return nil
	case ui.Unknown(r.err):
		return ui.Banner("bad", "warning", "It is unknown whether the key was rotated.", problem.Of(r.err).Detail+" Rotate it again from here: the retry does not rotate it twice.")
	}
	return ui.Banner("bad", "warning", "The key was not rotated.", problem.Of(r.err).Detail)
}
