// Package arxes holds the rules of Arxes, the clusters that are called. It reads and writes
// nothing.
package arxes

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Lifecycle is the table of what can be done with an Arx.
var Lifecycle = lifecycle.Table[api.ArxStatus]{
	Permission: api.WriteCatalog,
	Changes: []lifecycle.Change[api.ArxStatus]{
		{From: api.ArxActive, Do: "update", To: api.ArxActive},
		{From: api.ArxDisabled, Do: "update", To: api.ArxDisabled},
		{From: api.ArxActive, Do: "disable", To: api.ArxDisabled},
		{From: api.ArxDisabled, Do: "enable", To: api.ArxActive},
		{From: api.ArxActive, Do: "setdefault", To: api.ArxActive},
		{From: api.ArxDisabled, Do: "setdefault", To: api.ArxDisabled},
		{From: api.ArxActive, Do: "delete", To: api.ArxDeleted},
		{From: api.ArxDisabled, Do: "delete", To: api.ArxDeleted},
	},
}

// Why not, of what depends on which Arx is the default and on no state.
const (
	DefaultStays = "It is the default. Make another Arx the default first." // of delete, while there is another
	IsDefault    = "It is the default already."                             // of setdefault
)

// Arx is a cluster that is called.
type Arx struct {
	ID          string
	Tenant      string
	Name        string
	Description string
	Purpose     api.Purpose
	Plan        api.Plan
	Provider    api.Provider
	Regions     []string
	Encryption  api.Encryption
	Cycle       api.Cycle
	Endpoint    string
	Owner       string
	Status      api.ArxStatus
	CreatedAt   time.Time
	CreatedBy   api.By
	audit.Trail
}

// New makes an Arx. The request is valid; what it leaves out gets the default of its kind.
func New(by auth.Principal, req api.CreateArxRequest, now time.Time, random io.Reader) (Arx, error) {
	now = now.UTC().Truncate(time.Millisecond)
	id, err := ids.New(api.ArxPrefix, now, random)
	if err != nil {
		return Arx{}, err
	}
	return Arx{
		ID: id, Tenant: by.Tenant, Name: strings.TrimSpace(req.Name), Description: strings.TrimSpace(req.Description),
		Purpose: cmp.Or(req.Purpose, api.DefaultPurpose), Plan: cmp.Or(req.Plan, api.DefaultPlan),
		Provider: cmp.Or(req.Provider, api.DefaultProvider), Regions: req.Regions,
		Encryption: cmp.Or(req.Encryption, api.DefaultEncryption), Cycle: cmp.Or(req.Cycle, api.DefaultCycle),
		Endpoint: req.Endpoint, Owner: by.Owning(req.Owner), Status: api.ArxActive,
		CreatedAt: now, CreatedBy: by.By(), Trail: audit.Begun(by, now),
	}, nil
}

// Do returns the Arx after the action: disable, enable or delete. One that its state does not allow
// is problem.WrongState. That the default is not deleted while there is another is for the store to
// see to, which knows.
func (a Arx) Do(action string, by auth.Principal, now time.Time) (Arx, error) {
	to, err := Lifecycle.Next(a.Status, action)
	if err != nil {
		return a, err
	}
	a.Status = to
	return a.touched(by, now), nil
}

// Transition returns the change that an action makes of an Arx, with its event.
func Transition(by auth.Principal, action string, now time.Time, random io.Reader) func(Arx) (Arx, audit.Event, error) {
	return audit.Transition[Arx](by, "arxes", action, now, random)
}

// Succession returns the change that makes an Arx the default instead of the one that is, with its
// event. For a deleted one, and for the default itself, it is problem.WrongState.
func Succession(by auth.Principal, now time.Time, random io.Reader) func(Arx, Default) (Arx, audit.Event, error) {
	return func(was Arx, standing Default) (Arx, audit.Event, error) {
		is, err := was.Do("setdefault", by, now)
		if err != nil {
			return is, audit.Event{}, err
		}
		if standing.ArxID == was.ID {
			return is, audit.Event{}, problem.New(problem.WrongState, IsDefault)
		}
		changes := audit.Changes{"default_arx_id": {standing.ArxID, is.ID}}
		e, err := audit.New(by, api.SetDefaultArx.Name, is.Resource(), changes, was.LastEvent, is.UpdatedAt, random)
		return is, e, err
	}
}

// Update returns the Arx with the patches of the request, which is valid, applied. A deleted one is
// problem.WrongState.
func (a Arx) Update(by auth.Principal, req api.UpdateArxRequest, now time.Time) (Arx, error) {
	if _, err := Lifecycle.Next(a.Status, "update"); err != nil {
		return a, err
	}
	a.Name = strings.TrimSpace(req.Name.Apply(a.Name))
	a.Description = strings.TrimSpace(req.Description.Apply(a.Description))
	a.Endpoint = req.Endpoint.Apply(a.Endpoint)
	a.Regions = req.Regions.Apply(a.Regions)
	a.Cycle = cmp.Or(req.Cycle.Apply(a.Cycle), api.DefaultCycle)
	if !req.Owner.IsZero() {
		a.Owner = by.Owning(req.Owner.Apply(""))
	}
	return a.touched(by, now), nil
}

func (a Arx) touched(by auth.Principal, now time.Time) Arx {
	a.Trail = a.Trail.Touched(by, now)
	return a
}

// HoldsName reports whether nobody else may take the Arx's name.
func (a Arx) HoldsName() bool { return a.Status != api.ArxDeleted }

// Env returns the environment that the access keys of the Arx name.
func (a Arx) Env() accesskey.Env {
	switch a.Purpose {
	case api.Testing:
		return accesskey.Testing
	case api.Staging:
		return accesskey.Staging
	case api.Production:
		return accesskey.Production
	default:
		return accesskey.Development
	}
}

// RotateBy returns when a key that is made or rotated now should be rotated: one cycle of calendar
// months later, on the same day, or on the last day of a month that is shorter.
func (a Arx) RotateBy(now time.Time) time.Time {
	months := map[api.Cycle]int{api.Monthly: 1, api.ThreeMonths: 3, api.SixMonths: 6, api.Annually: 12}[a.Cycle]
	now = now.UTC()
	later := now.AddDate(0, months, 0)
	if later.Day() != now.Day() { // AddDate went over into the next month
		later = later.AddDate(0, 0, -later.Day())
	}
	return later
}

// Resource names the Arx in audit events.
func (a Arx) Resource() audit.Resource {
	return audit.Resource{Kind: "arx", ID: a.ID, Name: a.Name}
}

// Created returns what an audit event tells of a new Arx.
func (a Arx) Created() audit.Changes { return audit.Diff(nil, a.fields()) }

// Since returns what an audit event tells of a change of the Arx as it was.
func (a Arx) Since(was Arx) audit.Changes { return audit.Diff(was.fields(), a.fields()) }

func (a Arx) fields() audit.Fields {
	return audit.Fields{
		"name": a.Name, "description": a.Description, "purpose": a.Purpose, "plan": a.Plan, "provider": a.Provider,
		"regions": a.Regions, "encryption_method": a.Encryption, "rotation_cycle": a.Cycle, "endpoint": a.Endpoint,
		"owner": a.Owner, "status": a.Status,
	}
}

// Default says which Arx is a tenant's default, and how many there are.
type Default struct {
	ArxID string // empty while there is none
	Live  int    // Arxes that are not deleted
}

// Response returns the Arx as the API tells it to the principal, with the counts of its keys.
func (a Arx) Response(by auth.Principal, of Default, keys api.KeyTotals) api.Arx {
	permits := Lifecycle.Permits(by, a.Status)
	isDefault := a.ID == of.ArxID && a.Status != api.ArxDeleted
	if isDefault && of.Live > 1 && permits.Can["delete"] {
		permits.Can["delete"], permits.Why["delete"] = false, DefaultStays
	}
	if isDefault && permits.Can["setdefault"] {
		permits.Can["setdefault"], permits.Why["setdefault"] = false, IsDefault
	}
	return api.Arx{
		ID: a.ID, Name: a.Name, Description: a.Description, Purpose: a.Purpose, Plan: a.Plan, Provider: a.Provider,
		Regions: a.Regions, Encryption: a.Encryption, Cycle: a.Cycle, Endpoint: a.Endpoint, Owner: a.Owner,
		IsDefault: isDefault, Status: a.Status, Keys: keys,
		CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
		Version: a.ETag(), Permits: permits,
	}
}
