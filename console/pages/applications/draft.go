package applications

import "github.com/arxkeys/arxkeys/shared/api"

// place is where the tab keeps what was entered: each person's has its own.
func (c *Create) place() string { return "draft/application/" + c.session.Me().Principal.ID }

// draft is what outlives a reload, and leaving for another page.
type draft struct {
	Request api.CreateApplicationRequest `json:"request"`
	Origins []string                     `json:"origins,omitempty"`
	Typed   string                       `json:"typed,omitempty"` // of an origin that is not whole yet
}

func (c *Create) keep() {
	_ = c.ctx.SessionStorage().Set(c.place(), draft{c.entered.request, c.entered.origins, c.entered.typed}) // a full tab loses only the draft
}

func (c *Create) forget() { c.ctx.SessionStorage().Del(c.place()) }

// restore takes up the draft, where the tab has one.
func (c *Create) restore() {
	var d draft
	if c.ctx.SessionStorage().Get(c.place(), &d) == nil {
		c.entered.request, c.entered.origins, c.entered.typed = d.Request, d.Origins, d.Typed
	}
}
