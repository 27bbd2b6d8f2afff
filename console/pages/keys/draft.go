package keys

import (
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/console/pages/applications"
	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// step is a step of the wizard.
type step int

// The steps, in order.
const (
	stepApplication step = iota
	stepArx
	stepOptions
	stepSummary
	stepAccessKey
)

var stepNames = []string{"Application", "Arx", "Options", "Summary", "Access key"}

// draft is the input of the wizard. It survives a reload of the tab. It never contains the access key.
type draft struct {
	Like           *like               `json:"like,omitempty"` // the key that is duplicated
	Step           step                `json:"step"`
	Application    *api.Application    `json:"application,omitempty"`
	Arx            *api.Arx            `json:"arx,omitempty"`
	NewApplication *applications.Draft `json:"new_application,omitempty"` // while it is being created instead of chosen
	NewArx         *arxes.Draft        `json:"new_arx,omitempty"`
	Attempt        string              `json:"attempt,omitempty"` // idempotency key of the request, so that a retry creates no second key
	Asked          time.Time           `json:"asked,omitzero"`    // when the request was first sent, so that a retry computes the same expiry
	settings
}

// allows returns the asked step or, if an earlier step is incomplete, the first incomplete one.
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

// request returns the request for the draft. Expiries are relative to now or, for a retry, to when the
// request was first sent.
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

// invalid returns the errors of the draft's fields: those of Validate, and a date that is not in the
// future. It returns nil if there are none.
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

// stepOf returns the step with the field of a request.
func stepOf(field string) step {
	switch field {
	case "application_id":
		return stepApplication
	case "arx_id":
		return stepArx
	}
	return stepOptions
}
