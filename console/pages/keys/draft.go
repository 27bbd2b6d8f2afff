package keys

import (
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// step is one of the wizard.
type step int

// The steps, in their order.
const (
	stepApplication step = iota
	stepArx
	stepOptions
	stepSummary
	stepAccessKey
)

var stepNames = []string{"Application", "Arx", "Options", "Summary", "Access key"}

// draft is what somebody has entered in the wizard. It outlives a reload of the tab; the access key
// is no part of it.
type draft struct {
	Step        step             `json:"step"`
	Application *api.Application `json:"application,omitempty"`
	Arx         *api.Arx         `json:"arx,omitempty"`
	Attempt     string           `json:"attempt,omitempty"` // names the request to create: sent twice, it makes one key
	Asked       time.Time        `json:"asked,omitzero"`    // when it was sent first: sent again, it is the same to the second
	settings
}

// allows returns the step or, where the draft does not reach so far before there is a key, the first
// that something is missing of.
func (d draft) allows(asked step, now time.Time) step {
	reach := stepSummary
	switch {
	case d.Application == nil:
		reach = stepApplication
	case d.Arx == nil:
		reach = stepArx
	case d.invalid(now) != nil:
		reach = stepOptions
	}
	return max(stepApplication, min(asked, reach))
}

// request returns the request that the draft amounts to at the time or, where it was sent before, at
// that time.
func (d draft) request(now time.Time) api.CreateKeyRequest {
	if d.Attempt != "" {
		now = d.Asked.In(now.Location())
	}
	r := api.CreateKeyRequest{
		Idempotent: api.Idempotent{IdempotencyKey: d.Attempt},
		Name:       strings.TrimSpace(d.Name), Scopes: d.scopes(), RateLimit: d.rateLimit(), RemainingUses: d.uses(),
		AllowedIPs: d.ips(), Metadata: d.metadata(),
	}
	if d.Application != nil {
		r.ApplicationID = d.Application.ID
	}
	if d.Arx != nil {
		r.ArxID = d.Arx.ID
	}
	if at, ok := d.expiresAt(now); ok {
		r.ExpiresAt = &at
	}
	return r
}

// invalid returns what is wrong with the draft's fields: what the server would say, and that a date
// has to be one to come. Nil where all is right.
func (d draft) invalid(now time.Time) error {
	var fields []problem.Field
	if p := problem.Of(d.request(now).Validate()); p != nil {
		fields = p.Fields
	}
	fields = append(fields, d.wrongDate(now)...)
	if len(fields) == 0 {
		return nil
	}
	return problem.Invalid(fields...)
}

// stepOf returns the step that holds the field of a request.
func stepOf(field string) step {
	switch field {
	case "application_id":
		return stepApplication
	case "arx_id":
		return stepArx
	}
	return stepOptions
}
