package ui

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Walk keeps the steps of a wizard in the tab's history. Each step has its own entry, whose address names
// the step and nothing that was entered: /keys/new?step=2. So Back goes back one step, and a reload stays
// at the step. Steps count from 0 here and from 1 in addresses.
type Walk struct {
	Keep string // name of a parameter of the address that all steps have, or empty

	ctx     app.Context
	turning bool // navigation to the step has started, but the address does not name it yet
	left    bool
}

const stepParam = "step"

// Begin takes the page's context.
func (w *Walk) Begin(ctx app.Context) { w.ctx = ctx }

// Asked returns the step that the address names, or false if it names none. The wizard checks whether
// the step exists and can be shown yet.
func (w *Walk) Asked() (step int, ok bool) {
	n, err := strconv.Atoi(w.ctx.Page().URL().Query().Get(stepParam))
	return n - 1, err == nil
}

// To adds a history entry for the step, which the wizard shows already.
func (w *Walk) To(step int) {
	if at, ok := w.Asked(); ok && at == step {
		return
	}
	under := depth() + 1
	w.turning = true
	w.ctx.Navigate(w.address(step).String())
	w.ctx.Defer(func(app.Context) {
		w.turning = false
		setDepth(under)
	})
}

// Instead replaces the step that the address names.
func (w *Walk) Instead(step int) {
	if at, ok := w.Asked(); w.turning || ok && at == step {
		return
	}
	under := depth()
	w.ctx.Page().ReplaceURL(w.address(step))
	setDepth(under)
}

// Leave navigates to the address and removes the steps from the history.
func (w *Walk) Leave(address string) {
	if !w.left {
		w.left = true
		Leave(w.ctx, address)
	}
}

// Left reports whether the wizard is being left, so that there is nothing to show.
func (w *Walk) Left() bool { return w.left }

func (w *Walk) address(step int) *url.URL {
	address := *w.ctx.Page().URL()
	query := url.Values{stepParam: {strconv.Itoa(step + 1)}}
	if kept := address.Query().Get(w.Keep); kept != "" {
		query.Set(w.Keep, kept)
	}
	address.RawQuery, address.Fragment = query.Encode(), ""
	return &address
}
