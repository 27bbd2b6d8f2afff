package applications

import "github.com/arxkeys/arxkeys/shared/api"

// draftName names the draft of an application.
const draftName = "application"

// draft is what outlives a reload, and leaving for another page.
type draft struct {
	Request api.CreateApplicationRequest `json:"request"`
	Origins []string                     `json:"origins,omitempty"`
	Typed   string                       `json:"typed,omitempty"` // of an origin that is not whole yet
}

func (c *Create) keep() {
	c.session.KeepDraft(draftName, draft{c.entered.request, c.entered.origins, c.entered.typed})
}

func (c *Create) forget() { c.session.DropDraft(draftName) }

// restore takes up the draft, where the tab has one.
func (c *Create) restore() {
	var d draft
	if c.session.Draft(draftName, &d) {
		c.entered.request, c.entered.origins, c.entered.typed = d.Request, d.Origins, d.Typed
	}
}
