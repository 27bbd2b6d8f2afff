package applications

import "github.com/arxkeys/arxkeys/shared/api"

// draftName is the name of an application's draft.
const draftName = "application"

// draft is the input that survives a reload and leaving the page.
type draft struct {
	Request api.CreateApplicationRequest `json:"request"`
	Origins []string                     `json:"origins,omitempty"`
	Typed   string                       `json:"typed,omitempty"` // unfinished origin
}

func (c *Create) keep() {
	c.session.KeepDraft(draftName, draft{c.entered.request, c.entered.origins, c.entered.typed})
}

func (c *Create) forget() { c.session.DropDraft(draftName) }

// restore restores the draft, if the tab has one.
func (c *Create) restore() {
	var d draft
	if c.session.Draft(draftName, &d) {
		c.entered.request, c.entered.origins, c.entered.typed = d.Request, d.Origins, d.Typed
	}
}
