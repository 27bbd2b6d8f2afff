package ui

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Walk keeps the steps of a wizard in the tab's history: each is an entry of its own, whose address
// names it and nothing that was entered, as /keys/new?step=2. So going back is one step back, and a
// reload stays where one is. Steps count from 0 here, and from 1 in an address.
type Walk struct {
	ctx     app.Context
	turning bool // the address does not name the step yet
	left    bool
}

const stepParam = "step"

// Begin takes the page's context.
func (w *Walk) Begin(ctx app.Context) { w.ctx = ctx }

// Asked returns the step that the address names; false where it names none. Whether there is such a
// step, and whether it can be shown yet, is for the wizard to say.
func (w *Walk) Asked() (step int, ok bool) {
	n, err := strconv.Atoi(w.ctx.Page().URL().Query().Get(stepParam))
	return n - 1, err == nil
}

// To makes an entry for the step. The wizard shows it already.
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

// Instead puts the step in the place of the one that the address names.
func (w *Walk) Instead(step int) {
	if at, ok := w.Asked(); w.turning || ok && at == step {
		return
	}
	under := depth()
	w.ctx.Page().ReplaceURL(w.address(step))
	setDepth(under)
}

// Leave goes to the address, and leaves the steps behind.
func (w *Walk) Leave(address string) {
	if !w.left {
		w.left = true
		Leave(w.ctx, address)
	}
}

// Left reports whether the wizard is being left: there is nothing to show any more.
func (w *Walk) Left() bool { return w.left }

func (w *Walk) address(step int) *url.URL {
	address := *w.ctx.Page().URL()
	address.RawQuery, address.Fragment = url.Values{stepParam: {strconv.Itoa(step + 1)}}.Encode(), ""
	return &address
}
