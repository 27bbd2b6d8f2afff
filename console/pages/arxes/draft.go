package arxes

import "github.com/arxkeys/arxkeys/shared/api"

// place is where the tab keeps what was entered: each person's has its own.
func (c *Create) place() string { return "draft/arx/" + c.session.Me().Principal.ID }

// draft is what outlives a reload, and leaving for another page.
type draft struct {
	Step    step                 `json:"step"`
	Request api.CreateArxRequest `json:"request"`
}

func (c *Create) keep() {
	_ = c.ctx.SessionStorage().Set(c.place(), draft{c.step, c.entered.request}) // a full tab loses only the draft
}

func (c *Create) forget() { c.ctx.SessionStorage().Del(c.place()) }

// restore takes up the draft, where the tab has one, at a step that the rest of it allows.
func (c *Create) restore() {
	d := draft{c.step, c.entered.request}
	if c.ctx.SessionStorage().Get(c.place(), &d) == nil {
		c.entered.request = d.Request
		c.step = max(0, min(d.Step, firstWrong(d.Request.Validate())))
	}
}
