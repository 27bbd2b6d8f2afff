// Package arxes implements the rules of Arxes, the clusters that applications call. It does no I/O.
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

// Actions on an Arx, as named in can and why.
const (
	Update     lifecycle.Action = "update"
	Disable    lifecycle.Action = "disable"
	Enable     lifecycle.Action = "enable"
	SetDefault lifecycle.Action = "setdefault"
	Delete     lifecycle.Action = "delete"
)

// Lifecycle is the table of actions on an Arx.
var Lifecycle = lifecycle.Table[api.ArxStatus]{
	Permission: api.WriteCatalog,
	Changes: []lifecycle.Change[api.ArxStatus]{
		{From: api.ArxActive, Do: Update, To: api.ArxActive},
		{From: api.ArxDisabled, Do: Update, To: api.ArxDisabled},
		{From: api.ArxActive, Do: Disable, To: api.ArxDisabled},
		{From: api.ArxDisabled, Do: Enable, To: api.ArxActive},
		{From: api.ArxActive, Do: SetDefault, To: api.ArxActive},
		{From: api.ArxDisabled, Do: SetDefault, To: api.ArxDisabled},
		{From: api.ArxActive, Do: Delete, To: api.ArxDeleted},
		{From: api.ArxDisabled, Do: Delete, To: api.ArxDeleted},
	},
}

// Reasons that depend on which Arx is the default rather than on a state.
const (
	DefaultStays = "It is the default. Make another Arx the default first." // for Delete, if there are other Arxes
	IsDefault    = "It is already the default."                             // for SetDefault
)

// Arx is a cluster that applications call.
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

// New returns a new Arx. The request is valid; an omitted field gets its default.
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

// Do returns the Arx after an action that only changes its state: any but Update. It returns
// problem.WrongState if the state does not allow the action. The store ensures that the default is not
// deleted while there are other Arxes.
func (a Arx) Do(action lifecycle.Action, by auth.Principal, now time.Time) (Arx, error) {
	to, err := Lifecycle.Next(a.Status, action)
	if err != nil {
		return a, err
	}
	a.Status = to
	return a.touched(by, now), nil
}

// Succession returns the change that makes an Arx the default, and its audit event. It returns
// problem.WrongState for a deleted Arx and for the current default.
func Succession(by auth.Principal, seen api.Conditional, now time.Time, random io.Reader) func(Arx, Default) (Arx, audit.Event, error) {
	return func(was Arx, standing Default) (Arx, audit.Event, error) {
		succeed := lifecycle.Transition(by, api.SetDefaultArx.Name, seen, func(was Arx) (successor, error) {
			is, err := was.Do(SetDefault, by, now)
			if err == nil && standing.ArxID == was.ID {
				err = problem.New(problem.WrongState, IsDefault)
			}
			return successor{is, standing.ArxID}, err
		}, random)
		is, e, err := succeed(was)
		return is.Arx, e, err
	}
}

// successor is an Arx that becomes the default.
type successor struct {
	Arx
	instead string // id of the previous default
}

// Since returns the audit event's changes. No field of the Arx itself changes.
func (s successor) Since(Arx) audit.Changes {
	return audit.Changes{"default_arx_id": {s.instead, s.ID}}
}

// Update returns the Arx with the patches of the request applied. The request is valid. It returns
// problem.WrongState for a deleted Arx.
func (a Arx) Update(by auth.Principal, req api.UpdateArxRequest, now time.Time) (Arx, error) {
	if _, err := Lifecycle.Next(a.Status, Update); err != nil {
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

// HoldsName reports whether the Arx's name is reserved.
func (a Arx) HoldsName() bool { return a.Status != api.ArxDeleted }

// Env returns the environment in the access keys of the Arx.
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

// RotateBy returns when a key that is created or rotated now is due for rotation: one cycle of calendar
// months later, on the same day, or on the last day of a shorter month.
func (a Arx) RotateBy(now time.Time) time.Time {
	months := map[api.Cycle]int{api.Monthly: 1, api.ThreeMonths: 3, api.SixMonths: 6, api.Annually: 12}[a.Cycle]
	now = now.UTC()
	later := now.AddDate(0, months, 0)
	if later.Day() != now.Day() { // AddDate overflowed into the next month
		later = later.AddDate(0, 0, -later.Day())
	}
	return later
}

// Resource identifies the Arx in audit events.
func (a Arx) Resource() audit.Resource {
	return audit.Resource{Kind: "arx", ID: a.ID, Name: a.Name}
}

// Created returns the audit event's changes for a new Arx.
func (a Arx) Created() audit.Changes { return audit.Diff(nil, a.fields()) }

// Since returns the audit event's changes compared with was.
func (a Arx) Since(was Arx) audit.Changes { return audit.Diff(was.fields(), a.fields()) }

func (a Arx) fields() audit.Fields {
	return audit.Fields{
		"name": a.Name, "description": a.Description, "purpose": a.Purpose, "plan": a.Plan, "provider": a.Provider,
		"regions": a.Regions, "encryption_method": a.Encryption, "rotation_cycle": a.Cycle, "endpoint": a.Endpoint,
		"owner": a.Owner, "status": a.Status,
	}
}

// Default is a tenant's default Arx and its number of Arxes.
type Default struct {
	ArxID string // empty if there is none
	Live  int    // Arxes that are not deleted
}

// Response returns the Arx in the API's format, for the principal, with the counts of its keys.
func (a Arx) Response(by auth.Principal, of Default, keys api.KeyTotals) api.Arx {
	permits := Lifecycle.Permits(by, a.Status)
	isDefault := a.ID == of.ArxID && a.Status != api.ArxDeleted
	refuse := func(do lifecycle.Action, why string) {
		if name := string(do); permits.Can[name] {
			permits.Can[name], permits.Why[name] = false, why
		}
	}
	if isDefault {
		refuse(SetDefault, IsDefault)
		if of.Live > 1 {
			refuse(Delete, DefaultStays)
		}
	}
	return api.Arx{
		ID: a.ID, Name: a.Name, Description: a.Description, Purpose: a.Purpose, Plan: a.Plan, Provider: a.Provider,
		Regions: a.Regions, Encryption: a.Encryption, Cycle: a.Cycle, Endpoint: a.Endpoint, Owner: a.Owner,
		IsDefault: isDefault, Status: a.Status, Keys: keys,
		CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
		Version: a.ETag(), Permits: permits,
	}
}
