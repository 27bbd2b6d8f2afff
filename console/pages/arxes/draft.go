package arxes

import "github.com/arxkeys/arxkeys/shared/api"

// draftName is the name of an Arx's draft.
const draftName = "arx"

// draft is the input that survives a reload and leaving the page.
type draft struct {
	Step    step                 `json:"step"`
	Request api.CreateArxRequest `json:"request"`
}

func (c *Create) keep() {
	c.session.KeepDraft(draftName, draft{c.step, c.entered.request})
}

func (c *Create) forget() { c.session.DropDraft(draftName) }

// restore restores the draft, if the tab has one, at a step that its contents allow.
func (c *Create) restore() {
	d := draft{c.step, c.entered.request}
	if c.session.Draft(draftName, &d) {
		c.entered.request = d.Request
		c.step = max(0, min(d.Step, firstWrong(d.Request.Validate())))
	}
}
