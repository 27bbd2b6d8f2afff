// Package applications holds the rules of applications. It reads and writes nothing.
package applications

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
)

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
	UpdatedAt      time.Time
	UpdatedBy      api.By
	Version        int    // counts the changes
	LastEvent      string // hash of the latest audit event
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
		Status: api.ApplicationActive, CreatedAt: now, CreatedBy: by.By(), UpdatedAt: now, UpdatedBy: by.By(), Version: 1,
	}, nil
}

// Resource names the application in audit events.
func (a Application) Resource() audit.Resource {
	return audit.Resource{Kind: "application", ID: a.ID, Name: a.Name}
}

// Created returns what an audit event tells of a new application.
func (a Application) Created() audit.Changes {
	changes := audit.Changes{
		"name": {nil, a.Name}, "technology": {nil, a.Technology}, "owner": {nil, a.Owner}, "status": {nil, a.Status},
	}
	if a.Description != "" {
		changes["description"] = [2]any{nil, a.Description}
	}
	if len(a.AllowedOrigins) > 0 {
		changes["allowed_origins"] = [2]any{nil, a.AllowedOrigins}
	}
	return changes
}

// Answer returns the application as the API tells it, with the counts of its keys.
func (a Application) Answer(_ auth.Principal, keys api.KeyTotals) api.Application {
	return api.Application{
		ID: a.ID, Name: a.Name, Description: a.Description, Technology: a.Technology, Owner: a.Owner,
		AllowedOrigins: a.AllowedOrigins, Status: a.Status, Keys: keys,
		CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt, UpdatedBy: a.UpdatedBy,
		Version: fmt.Sprint(a.Version),
		Permits: api.Permits{Can: map[string]bool{}, Why: map[string]string{}},
	}
}
