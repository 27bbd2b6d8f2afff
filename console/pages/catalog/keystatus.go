package catalog

import (
	"cmp"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// KeyBadge draws whether the API key verifies, and why not: an active key that its application or its Arx
// stops is never shown as active.
func KeyBadge(k api.KeySummary) app.UI {
	status := cmp.Or(string(k.Effective), string(k.Status))
	return ui.Badge(status, ui.Sentence(status))
}

// WhyStopped says what stops the API key, as the line under its badge; nothing where nothing does.
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
