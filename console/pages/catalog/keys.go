package catalog

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// StopWithin says how soon so many active keys stop.
func StopWithin(keys int) string {
	switch keys {
	case 0:
		return "It had no active keys."
	case 1:
		return "Its key stops within seconds."
	}
	return "Its " + ui.Count(keys) + " keys stop within seconds."
}

// KeyShares draws how many keys are active, disabled and expired.
func KeyShares(t api.KeyTotals) app.UI {
	return ui.Totals(true,
		ui.Total{Label: "Active keys", Status: "active", Count: t.Active},
		ui.Total{Label: "Disabled keys", Status: "disabled", Count: t.Disabled},
		ui.Total{Label: "Expired keys", Status: "expired", Count: t.Expired},
	)
}
