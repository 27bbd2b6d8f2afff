package keys

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// deletion asks whether the key is to be deleted. What is typed may be its access key: it is judged
// in this browser, and what is sent is the id alone.
func deletion(c *client.Client, k api.KeySummary, done func()) ui.End {
	return ui.End{
		Title: "Delete API key", Verb: "Delete",
		Lead:     "From the next request on, this key is refused as `NOT_FOUND`. It can’t be brought back.",
		Stops:    stops(k),
		Expected: k.ID, Judge: func(typed string) (right, wrong string) { return judge(typed, k.ID) },
		Hint:     "You may paste the access key instead. It is checked in this browser and goes nowhere.",
		CopyName: "Copy API key", Failed: "It was not deleted.",
		Do: func(ctx context.Context) error {
			_, err := client.Call(ctx, c, api.DeleteKey, api.KeyID{ID: k.ID})
			return err
		},
		Done: done,
	}
}

// stops is what stops with the key.
func stops(k api.KeySummary) ui.Stops {
	now := time.Now()
	s := ui.Stops{Facts: func() []ui.Fact {
		return []ui.Fact{
			ui.TextFact("API key", k.Name, "Unnamed key"),
			ui.TextFact("Application", k.Application.Name, ""),
			{Term: "Arx", Value: []app.UI{app.Text(k.Arx.Name + " "), ui.Env(arxes.Env(k.Arx.Purpose))}},
			{Term: "Last used", Value: []app.UI{lastUsed(k, time.Now())}},
		}
	}}
	if used := k.LastUsedAt; used != nil && now.Sub(*used) < 24*time.Hour {
		s.Warning, s.Detail = k.Application.Name+" is using it.", "Its last request came "+ui.Ago(*used, now)+"."
	}
	return s
}

// startDeletion asks. Afterwards the list is read again, so that row and totals are right.
func (l *List) startDeletion(k api.KeySummary) {
	l.ending.Open(l.ctx, deletion(l.session.Client(), k, func() {
		ui.Notify(l.ctx, ui.Toast{Text: title(k) + " is deleted.", Detail: "It is refused from the next request on."})
		ui.FocusTitle(l.ctx)
		l.list.Reload()
	}))
}
