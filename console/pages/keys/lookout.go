package keys

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// lookout waits for the first verification of an access key that was just created. It asks for the use of the key,
// and never sees the access key.
type lookout struct {
	ctx     app.Context
	session session

	key      api.Key          // the zero value while it does not wait
	before   map[api.Code]int // refusals before it began to wait; nil until they are known
	turn     int              // counts starts, to drop the answers of earlier ones
	asked    int              // how often it has asked
	asleep   bool             // the tab is not visible
	verified time.Time        // when the first verification came
	refused  api.Code         // the latest refusal
	release  func()
}

// start waits for the first verification of the key's newest access key.
func (w *lookout) start(k api.Key) {
	w.stop()
	w.key, w.before, w.asked, w.verified, w.refused = k, nil, 0, time.Time{}, ""
	if k.LastUsedAt == nil { // a new key
		w.before = map[api.Code]int{}
	}
	w.release = ui.OnVisible(w.wake)
	w.later(w.turn)
}

// stop ends the waiting. It may be called more than once.
func (w *lookout) stop() {
	w.turn++
	w.key, w.asleep = api.Key{}, false
	if w.release != nil {
		w.release()
		w.release = nil
	}
}

// maxAsked is how often it asks before it gives up, after about ten minutes.
const maxAsked = 80

// pause returns how long it waits before it asks again: 2 s in the first minute, then longer.
func pause(asked int) time.Duration {
	switch {
	case asked < 30:
		return 2 * time.Second
	case asked < 50:
		return 5 * time.Second
	}
	return 15 * time.Second
}

func (w *lookout) over() bool { return w.asked >= maxAsked || !w.verified.IsZero() }

// later asks after a pause. It stops when the page does.
func (w *lookout) later(turn int) {
	time.AfterFunc(pause(w.asked), func() { // ctx.After would keep the page's goroutines waiting
		if w.ctx.Err() == nil {
			w.ctx.Dispatch(func(app.Context) { w.ask(turn) })
		}
	})
}

// wake asks at once when the tab becomes visible again.
func (w *lookout) wake() {
	w.ctx.Dispatch(func(app.Context) {
		if w.asleep {
			w.ask(w.turn)
		}
	})
}

// again starts over after it has given up.
func (w *lookout) again() {
	if w.key.ID != "" {
		w.asked = 0
		w.ask(w.turn)
	}
}

func (w *lookout) ask(turn int) {
	if turn != w.turn || w.over() {
		return
	}
	if w.asleep = !ui.Visible(); w.asleep {
		return
	}
	w.asked++
	request := api.KeyUsageRequest{ID: w.key.ID}
	w.ctx.Async(func() {
		use, err := client.Call(w.ctx, w.session.Client(), api.GetKeyUsage, request)
		w.ctx.Dispatch(func(app.Context) {
			if turn != w.turn {
				return
			}
			if err == nil {
				w.see(use)
			}
			if !w.over() {
				w.later(turn)
			}
		})
	})
}

// see takes what is new in the key's use.
func (w *lookout) see(use api.KeyUsage) {
	if newest := use.AccessKeys.Newest; newest.Hint == w.key.Hint && newest.LastUsedAt != nil {
		w.verified = *newest.LastUsedAt
		return
	}
	known := w.before != nil
	if !known {
		w.before = map[api.Code]int{}
	}
	for code, n := range use.Totals.Codes {
		if known && code != api.CodeValid && n > w.before[code] {
			w.refused = code
		}
		w.before[code] = n
	}
}

// UI draws what it waits for, or what came.
func (w *lookout) UI() app.UI {
	if w.key.ID == "" {
		return nil
	}
	live, k := app.Div().Class("live").Attr("role", "status"), w.key
	switch {
	case !w.verified.IsZero():
		return live.DataSet("state", "ok").Body(ui.Icon("check"), app.Div().Body(
			app.B().Text("Verified."), app.Text(" The first verification came at "), ui.Timestamp(w.verified, w.verified.Local().Format("15:04:05")),
			app.Text(" and was "), app.Code().Text("VALID"), app.Text("."), app.Br(),
			app.Text(k.Application.Name+" can call "+k.Arx.Name+". The key works."),
		))
	case w.refused != "":
		return live.DataSet("state", "bad").Body(ui.Icon("warning"), app.Div().Body(
			append([]app.UI{app.B().Body(app.Text("Refused: "), app.Code().Text(string(w.refused)), app.Text(".")), app.Br()}, ui.Prose(remedy(w.refused))...)...,
		))
	case w.asked >= maxAsked:
		return live.DataSet("state", "over").Body(ui.Icon("clock"), app.Div().Body(
			app.B().Text("No verification yet."), app.Br(), app.Text("The key’s page shows when the first one comes."),
		), &ui.Button{ID: "look-again", Label: "Look again", Small: true, OnClick: w.again})
	}
	return live.DataSet("state", "waiting").Body(app.Span().Class("lookout").Aria("hidden", true).Body(app.I(), app.I(), app.I()), app.Div().Body(
		app.B().Text("Waiting for the first verification…"), app.Br(), app.Text("Run the curl command with your access key, or call your own service. This turns green by itself."),
	))
}

// remedy says what to do about a refusal of a key that was just created.
func remedy(code api.Code) string {
	switch code {
	case api.CodeWrongArx:
		return "The key was presented to another Arx than its own. Create a key for that Arx."
	case api.CodeApplicationInactive:
		return "The application is not active. Enable it."
	case api.CodeArxInactive:
		return "The Arx is not active. Enable it."
	case api.CodeIPNotAllowed:
		return "The caller’s address is not among the allowed IPs, or was not sent."
	case api.CodeOriginNotAllowed:
		return "The caller’s origin is not among those of the application, or was not sent."
	case api.CodeInsufficientScope:
		return "The call needs a scope that the key does not have. Add it on the key’s page."
	case api.CodeRateLimited, api.CodeUsageExhausted:
		return "A limit of the key is reached."
	}
	return "The key’s page shows its status."
}
