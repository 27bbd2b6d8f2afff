package arxes

import "github.com/arxkeys/arxkeys/shared/api"

// draftName names the draft of an Arx.
const draftName = "arx"

// draft is what outlives a reload, and leaving for another page.
type draft struct {
	Step    step                 `json:"step"`
	Request api.CreateArxRequest `json:"request"`
}

func (c *Create) keep() {
	c.session.KeepDraft(draftName, draft{c.step, c.entered.request})
}

func (c *Create) forget() { c.session.DropDraft(draftName) }

// restore takes up the draft, where the tab has one, at a step that the rest of it allows.
func (c *Create) restore() {
	d := draft{c.step, c.entered.request}
	if c.session.Draft(draftName, &d) {
		c.entered.request = d.Request
		c.step = max(0, min(d.Step, firstWrong(d.Request.Validate())))
	}
}
