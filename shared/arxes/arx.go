// Package arxes holds the rules of Arxes, the clusters that are called. It reads and writes
// nothing.
package arxes

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
)

// Lifecycle is the table of what can be done with an Arx.
var Lifecycle = lifecycle.Table[api.ArxStatus]{
	Permission: api.WriteCatalog,
	Changes: []lifecycle.Change[api.ArxStatus]{
		{From: api.ArxActive, Do: "delete", To: api.ArxDeleted},
		{From: api.ArxDisabled, Do: "delete", To: api.ArxDeleted},
	},
}

// DefaultStays is why the default Arx can't be deleted while there is another.
const DefaultStays = "It is the default. Make another Arx the default first."

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
	UpdatedAt   time.Time
	UpdatedBy   api.By
	Version     int    // counts the changes
	LastEvent   string // hash of the latest audit event
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
		CreatedAt: now, CreatedBy: by.By(), UpdatedAt: now, UpdatedBy: by.By(), Version: 1,
	}, nil
}

// Delete returns the Arx as it is once deleted. One that is deleted already is problem.WrongState.
// That the default stays while there is another is for the store to see to, which knows.
func (a Arx) Delete(by auth.Principal, now time.Time) (Arx, error) {
	to, err := Lifecycle.Next(a.Status, "delete")
	if err != nil {
		return a, err
	}
	a.Status, a.UpdatedAt, a.UpdatedBy = to, now.UTC().Truncate(time.Millisecond), by.By()
	a.Version++
	return a, nil
}

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
func (a Arx) Created() audit.Changes {
	changes := audit.Changes{
		"name": {nil, a.Name}, "purpose": {nil, a.Purpose}, "plan": {nil, a.Plan}, "provider": {nil, a.Provider},
		"regions": {nil, a.Regions}, "encryption_method": {nil, a.Encryption}, "rotation_cycle": {nil, a.Cycle},
		"owner": {nil, a.Owner}, "status": {nil, a.Status},
	}
	if a.Description != "" {
		changes["description"] = [2]any{nil, a.Description}
	}
	if a.Endpoint != "" {
		changes["endpoint"] = [2]any{nil, a.Endpoint}
	}
	return changes
}

// Default says which Arx is a tenant's default, and how many there are.
type Default struct {
	ArxID string // empty while there is none
	Live  int    // Arxes that are not deleted
}

// Answer returns the Arx as the API tells it to the principal, with the counts of its keys.
func (a Arx) Answer(by auth.Principal, of Default, keys api.KeyTotals) api.Arx {
	permits := Lifecycle.Permits(by, a.Status)
	isDefault := a.ID == of.ArxID && a.Status != api.ArxDeleted
	if isDefault && of.Live > 1 && permits.Can["delete"] {
		permits.Can["delete"], permits.Why["delete"] = false, DefaultStays
	}
	return api.Arx{
		ID: a.ID, Name: a.Name, Description: a.Description, Purpose: a.Purpose, Plan: a.Plan, Provider: a.Provider,
		Regions: a.Regions, Encryption: a.Encryption, Cycle: a.Cycle, Endpoint: a.Endpoint, Owner: a.Owner,
		IsDefault: isDefault, Status: a.Status, Keys: keys,
		CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
		Version: fmt.Sprint(a.Version), Permits: permits,
	}
}
