package arxes

import (
	"github.com/arxkeys/arxkeys/console/pages/catalog"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

type actions = catalog.Actions[api.Arx, api.ArxID, api.UpdateArxRequest]

// transitions are the actions that change the state of an Arx, or which one is the default.
func transitions(on *actions, a api.Arx) []ui.Action {
	if a.Status == api.ArxDeleted {
		return nil
	}
	disable := func() {
		on.Disable(a, api.DisableArx, "None of its keys verifies while it is disabled, and it takes no new ones: they are refused as `ARX_INACTIVE`, within seconds. Enabling it brings them back as they were.")
	}
	status := on.Offer(a, "disable", "Disable", "pause", disable)
	if a.Status == api.ArxDisabled {
		status = on.Offer(a, "enable", "Enable", "play", func() { on.Enable(a, api.EnableArx) })
	}
	remove := on.Offer(a, "delete", "Delete", "trash", func() {
		c := ui.Confirm{
			Title: "Delete Arx", Verb: "Delete", Look: on.Use(a), Failed: "It was not deleted.",
			Lead: "Its keys are deleted with it: they are refused as `NOT_FOUND`. Neither can be brought back.",
		}
		if a.Status == api.ArxActive && a.May("disable") {
			c.Alternative = &ui.Alternative{Before: "To stop it for a while,", Label: "disable it", After: "instead.", Do: disable}
		}
		on.Confirm(a, c, api.DeleteArx, "is deleted.", catalog.AllStopWithin(a.Keys))
	})
	remove.Ends = true
	makeDefault := on.Offer(a, "setdefault", "Make default", "star", func() {
		on.Run(a, api.SetDefaultArx, "is not the default.", "is the default.", "New keys are offered for it first.")
	})
	return []ui.Action{makeDefault, status, remove}
}
