// Package applications implements the rules of applications. It does no I/O.
package applications

import (
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
)

// Actions on an application, as named in can and why.
const (
	Update    lifecycle.Action = "update"
	Disable   lifecycle.Action = "disable"
	Enable    lifecycle.Action = "enable"
	Archive   lifecycle.Action = "archive"
	Unarchive lifecycle.Action = "unarchive"
)

// Lifecycle is the table of actions on an application. Applications are never deleted.
var Lifecycle = lifecycle.Table[api.ApplicationStatus]{
	Permission: api.WriteCatalog,
	Changes: []lifecycle.Change[api.ApplicationStatus]{
		{From: api.ApplicationActive, Do: Update, To: api.ApplicationActive},
		{From: api.ApplicationDisabled, Do: Update, To: api.ApplicationDisabled},
		{From: api.ApplicationArchived, Do: Update, To: api.ApplicationArchived},
		{From: api.ApplicationActive, Do: Disable, To: api.ApplicationDisabled},
		{From: api.ApplicationDisabled, Do: Enable, To: api.ApplicationActive},
		{From: api.ApplicationDisabled, Do: Archive, To: api.ApplicationArchived},
		{From: api.ApplicationArchived, Do: Unarchive, To: api.ApplicationDisabled},
	},
	Refusals: []lifecycle.Refusal[api.ApplicationStatus]{
		{In: api.ApplicationActive, Do: Archive, Why: "Disable the application first."},
		{In: api.ApplicationActive, Do: Unarchive, Why: "It is not archived."},
		{In: api.ApplicationDisabled, Do: Unarchive, Why: "It is not archived."},
		{In: api.ApplicationArchived, Do: Enable, Why: "Unarchive the application first."},
		{In: api.ApplicationArchived, Do: Disable, Why: "It is archived: none of its keys verifies."},
	},
}

// Application is a caller of Arxes.
type Application struct {
	ID             string
	Tenant         string
	Name           string
	Description    string
	Technology     api.Technology
	Owner          string
	AllowedOrigins []string
	Status         api.ApplicationStatus
	CreatedAt      time.Time
	CreatedBy      api.By
	audit.Trail
}

// New returns a new application. The request is valid.
func New(by auth.Principal, req api.CreateApplicationRequest, now time.Time, random io.Reader) (Application, error) {
	now = now.UTC().Truncate(time.Millisecond)
	id, err := ids.New(api.ApplicationPrefix, now, random)
	if err != nil {
		return Application{}, err
	}
	return Application{
		ID: id, Tenant: by.Tenant, Name: strings.TrimSpace(req.Name), Description: strings.TrimSpace(req.Description),
		Technology: req.Technology, Owner: by.Owning(req.Owner), AllowedOrigins: req.AllowedOrigins,
		Status: api.ApplicationActive, CreatedAt: now, CreatedBy: by.By(), Trail: audit.Begun(by, now),
	}, nil
}

// Do returns the application after an action that only changes its state: any but Update. It returns
// problem.WrongState if the state does not allow the action.
func (a Application) Do(action lifecycle.Action, by auth.Principal, now time.Time) (Application, error) {
	to, err := Lifecycle.Next(a.Status, action)
	if err != nil {
		return a, err
	}
	a.Status = to
	return a.touched(by, now), nil
}

// Update returns the application with the patches of the request applied. The request is valid. It returns
// problem.InvalidField for origins that the technology does not allow.
func (a Application) Update(by auth.Principal, req api.UpdateApplicationRequest, now time.Time) (Application, error) {
	a.Name = strings.TrimSpace(req.Name.Apply(a.Name))
	a.Description = strings.TrimSpace(req.Description.Apply(a.Description))
	if !req.Owner.IsZero() {
		a.Owner = by.Owning(req.Owner.Apply(""))
	}
	if !req.AllowedOrigins.IsZero() {
		a.AllowedOrigins = req.AllowedOrigins.Apply(nil)
		shape := api.CreateApplicationRequest{Name: a.Name, Technology: a.Technology, AllowedOrigins: a.AllowedOrigins}
		if err := shape.Validate(); err != nil {
			return a, err
		}
	}
	return a.touched(by, now), nil
}

func (a Application) touched(by auth.Principal, now time.Time) Application {
	a.Trail = a.Trail.Touched(by, now)
	return a
}

// HoldsName reports whether the application's name is reserved.
func (a Application) HoldsName() bool { return a.Status != api.ApplicationArchived }

// Resource identifies the application in audit events.
func (a Application) Resource() audit.Resource {
	return audit.Resource{Kind: "application", ID: a.ID, Name: a.Name}
}

// Created returns the audit event's changes for a new application.
func (a Application) Created() audit.Changes { return audit.Diff(nil, a.fields()) }

// Since returns the audit event's changes compared with was.
func (a Application) Since(was Application) audit.Changes {
	return audit.Diff(was.fields(), a.fields())
}

func (a Application) fields() audit.Fields {
	return audit.Fields{
		"name": a.Name, "description": a.Description, "technology": a.Technology, "owner": a.Owner,
		"allowed_origins": a.AllowedOrigins, "status": a.Status,
	}
}

// Response returns the application in the API's format, for the principal, with the counts of its keys.
func (a Application) Response(by auth.Principal, keys api.KeyTotals) api.Application {
	return api.Application{
		ID: a.ID, Name: a.Name, Description: a.Description, Technology: a.Technology, Owner: a.Owner,
		AllowedOrigins: a.AllowedOrigins, Status: a.Status, Keys: keys,
		CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
		Version: a.ETag(),
		Permits: Lifecycle.Permits(by, a.Status),
	}
}
