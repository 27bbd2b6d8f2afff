package keys

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Parameters of the wizard's address, which preselect what a link speaks of: /keys/new?application=app_….
const (
	wantedApplication = "application"
	wantedArx         = "arx"
)

// preselect reads the application and the Arx that the address names, and chooses them if they are active. An
// address without them changes nothing.
func (w *Wizard) preselect() {
	q := w.ctx.Page().URL().Query()
	if id := strings.TrimSpace(q.Get(wantedApplication)); id != "" {
		choose(w, api.GetApplication, api.ApplicationID{ID: id}, func(a api.Application) {
			if a.Status == api.ApplicationActive {
				w.draft.NewApplication = nil
				w.chooseApplication(a)
			}
		})
	}
	if id := strings.TrimSpace(q.Get(wantedArx)); id != "" {
		choose(w, api.GetArx, api.ArxID{ID: id}, func(a api.Arx) {
			if a.Status == api.ArxActive {
				w.draft.NewArx = nil
				w.chooseArx(a)
			}
		})
	}
}

// choose calls then with what the operation returns, unless the key is being created already. If it fails, the
// person chooses.
func choose[Req api.Request, T any](w *Wizard, op api.Operation[Req, T], request Req, then func(T)) {
	w.ctx.Async(func() {
		answer, err := client.Call(context.Context(w.ctx), w.session.Client(), op, request)
		w.ctx.Dispatch(func(app.Context) {
			if err == nil && !w.asked() {
				then(answer)
			}
		})
	})
}
