package applications

import "github.com/arxkeys/arxkeys/shared/api"

// draftName is the name of an application's draft.
const draftName = "application"

// Draft is the input that survives a reload and leaving the page.
type Draft struct {
	Request api.CreateApplicationRequest `json:"request"`
	Origins []string                     `json:"origins,omitempty"`
	Typed   string                       `json:"typed,omitempty"`   // unfinished origin
	Attempt string                       `json:"attempt,omitempty"` // see New
}

func (c *Create) keep() {
	c.session.KeepDraft(draftName, Draft{Request: c.entered.request, Origins: c.entered.origins, Typed: c.entered.typed})
}

func (c *Create) forget() { c.session.DropDraft(draftName) }

// restore restores the draft, if the tab has one.
func (c *Create) restore() {
	var d Draft
	if c.session.Draft(draftName, &d) {
		c.entered.request, c.entered.origins, c.entered.typed = d.Request, d.Origins, d.Typed
	}
}
