// Package applications holds the rules of applications. It reads and writes nothing.
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

// Lifecycle is the table of what can be done with an application. It is never deleted.
var Lifecycle = lifecycle.Table[api.ApplicationStatus]{
	Permission: api.WriteCatalog,
	Changes: []lifecycle.Change[api.ApplicationStatus]{
		{From: api.ApplicationActive, Do: "update", To: api.ApplicationActive},
		{From: api.ApplicationDisabled, Do: "update", To: api.ApplicationDisabled},
		{From: api.ApplicationArchived, Do: "update", To: api.ApplicationArchived},
		{From: api.ApplicationActive, Do: "disable", To: api.ApplicationDisabled},
		{From: api.ApplicationDisabled, Do: "enable", To: api.ApplicationActive},
		{From: api.ApplicationDisabled, Do: "archive", To: api.ApplicationArchived},
		{From: api.ApplicationArchived, Do: "unarchive", To: api.ApplicationDisabled},
	},
	Refusals: []lifecycle.Refusal[api.ApplicationStatus]{
		{In: api.ApplicationActive, Do: "archive", Why: "Disable the application first."},
		{In: api.ApplicationActive, Do: "unarchive", Why: "It is not archived."},
		{In: api.ApplicationDisabled, Do: "unarchive", Why: "It is not archived."},
		{In: api.ApplicationArchived, Do: "enable", Why: "Unarchive the application first."},
		{In: api.ApplicationArchived, Do: "disable", Why: "It is archived: none of its keys verifies."},
	},
}

// Application is something that calls.
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

// New makes an application. The request is valid.
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

// Do returns the application after the action: disable, enable, archive or unarchive. One that its
// state does not allow is problem.WrongState.
func (a Application) Do(action string, by auth.Principal, now time.Time) (Application, error) {
	to, err := Lifecycle.Next(a.Status, action)
	if err != nil {
		return a, err
	}
	a.Status = to
	return a.touched(by, now), nil
}

// Transition returns the change that an action makes of an application, with its event.
func Transition(by auth.Principal, action string, now time.Time, random io.Reader) func(Application) (Application, audit.Event, error) {
	return audit.Transition[Application](by, "applications", action, now, random)
}

// Update returns the application with the patches of the request, which is valid, applied. Origins
// that its technology does not take are problem.InvalidField.
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

// HoldsName reports whether nobody else may take the application's name.
func (a Application) HoldsName() bool { return a.Status != api.ApplicationArchived }

// Resource names the application in audit events.
func (a Application) Resource() audit.Resource {
	return audit.Resource{Kind: "application", ID: a.ID, Name: a.Name}
}

// Created returns what an audit event tells of a new application.
func (a Application) Created() audit.Changes { return audit.Diff(nil, a.fields()) }

// Since returns what an audit event tells of a change of the application as it was.
func (a Application) Since(was Application) audit.Changes {
	return audit.Diff(was.fields(), a.fields())
}

func (a Application) fields() audit.Fields {
	return audit.Fields{
		"name": a.Name, "description": a.Description, "technology": a.Technology, "owner": a.Owner,
		"allowed_origins": a.AllowedOrigins, "status": a.Status,
	}
}

// Response returns the application as the API tells it to the principal, with the counts of its keys.
func (a Application) Response(by auth.Principal, keys api.KeyTotals) api.Application {
	return api.Application{
		ID: a.ID, Name: a.Name, Description: a.Description, Technology: a.Technology, Owner: a.Owner,
		AllowedOrigins: a.AllowedOrigins, Status: a.Status, Keys: keys,
		CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
		Version: a.ETag(),
		Permits: Lifecycle.Permits(by, a.Status),
	}
}
