package arxes

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// startDeletion asks whether the Arx is to be deleted.
func (l *List) startDeletion(a api.Arx) {
	l.ending.Open(l.ctx, ui.End{
		Title: "Delete Arx", Verb: "Delete",
		Lead:     "Its keys are deleted with it: they are refused as `NOT_FOUND`. Neither can be brought back.",
		Stops:    stops(a),
		Expected: a.Name, Judge: func(typed string) (right, wrong string) { return ui.JudgeName(typed, a.Name, "Arx") },
		Hint: "The exact name, as it stands above.", CopyName: "Copy name", Failed: "It was not deleted.",
		Do: func(ctx context.Context) error {
			_, err := client.Call(ctx, l.session.Client(), api.DeleteArx, api.ArxID{ID: a.ID})
			return err
		},
		Done: func() {
			ui.Notify(l.ctx, ui.Toast{Text: a.Name + " is deleted.", Detail: stopped(a.Keys.Total)})
			ui.FocusTitle(l.ctx)
			l.list.Reload()
		},
	})
}

// stops is what an Arx takes with it.
func stops(a api.Arx) ui.Stops {
	s := ui.Stops{Facts: func() []ui.Fact {
		return []ui.Fact{
			{Term: "Arx", Value: []app.UI{app.Text(a.Name + " "), ui.Env(Env(a.Purpose))}},
			ui.TextFact("Endpoint", a.Endpoint, "None"),
			ui.TextFact("API keys", ui.Count(a.Keys.Active)+" of "+ui.Count(a.Keys.Total)+" active", ""),
		}
	}}
	if a.Keys.Active > 0 {
		s.Warning = ui.Counted(a.Keys.Active, "active key stops.", "active keys stop.")
		s.Detail = "Whatever calls " + a.Name + " with them is refused within seconds."
	}
	return s
}

// stopped says what the deletion of an Arx with so many keys stops.
func stopped(keys int) string {
	switch keys {
	case 0:
		return "It had no keys."
	case 1:
		return "Its key stops within seconds."
	}
	return "Its " + ui.Count(keys) + " keys stop within seconds."
}
