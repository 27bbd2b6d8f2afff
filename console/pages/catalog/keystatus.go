package catalog

import (
	"cmp"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// KeyBadge draws the effective status of the API key: an active key is shown as stopped if its application
// or its Arx is not active.
func KeyBadge(k api.KeySummary) app.UI {
	status := cmp.Or(string(k.Effective), string(k.Status))
	return ui.Badge(status, ui.Sentence(status))
}

// WhyStopped returns what stops the API key, for the line under its badge, or "" if it is not stopped.
func WhyStopped(k api.KeySummary) string {
	if k.StoppedBy == nil {
		return ""
	}
	switch *k.StoppedBy {
	case api.ByDisabledApplication:
		return "application disabled"
	case api.ByArchivedApplication:
		return "application archived"
	}
	return "Arx disabled"
}
