package applications

import (
	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

type actions = catalog.Actions[api.Application, api.ApplicationID, api.UpdateApplicationRequest]

// transitions are the actions that change the state of an application.
func transitions(on *actions, a api.Application) []ui.Action {
	archive := on.Offer(a, "archive", "Archive", "archive", func() {
		on.Confirm(a, ui.Confirm{
			Title: "Archive application", Verb: "Archive", Failed: "It was not archived.",
			Lead: "It leaves the lists and its name is free again. Its keys stay, and none of them verifies. Unarchiving brings it back, disabled.",
		}, api.ArchiveApplication, "is archived.", "Show archived lists it.")
	})
	archive.Ends = true
	switch a.Status {
	case api.ApplicationArchived:
		return []ui.Action{on.Offer(a, "unarchive", "Unarchive", "archive", func() {
			on.Run(a, api.UnarchiveApplication, "was not unarchived.", "is back, disabled.", "Enable it, and its keys verify again.")
		})}
	case api.ApplicationDisabled:
		return []ui.Action{on.Offer(a, "enable", "Enable", "play", func() { on.Enable(a, api.EnableApplication) }), archive}
	}
	return []ui.Action{on.Offer(a, "disable", "Disable", "pause", func() {
		on.Disable(a, api.DisableApplication, "None of its keys verifies while it is disabled: they are refused as `APPLICATION_INACTIVE`, within seconds. Enabling it brings them back as they were.")
	}), archive}
}
