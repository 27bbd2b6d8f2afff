// Package managementkeys holds the rules of management keys, the credentials of machines that call
// the management API. It reads and writes nothing.
package managementkeys

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// DefaultLife is how long a management key lives that says nothing else.
const DefaultLife = 90 * 24 * time.Hour

// ManagementKey is a credential with a role.
type ManagementKey struct {
	ID        string
	Tenant    string
	Name      string
	Role      api.Role
	ExpiresAt time.Time
	CreatedAt time.Time
	CreatedBy api.By
}

// New makes a management key and its secret. An owner's is problem.Forbidden unless a person makes
// it; an expires_at that is not in the future is problem.InvalidField.
func New(by auth.Principal, req api.CreateManagementKeyRequest, now time.Time, random io.Reader) (ManagementKey, accesskey.Secret, error) {
	refuse := func(err error) (ManagementKey, accesskey.Secret, error) {
		return ManagementKey{}, accesskey.Secret{}, err
	}
	if req.Role == api.Owner && by.Kind != api.Person {
		return refuse(problem.New(problem.Forbidden, "An owner's management key is made by a person, never by another management key. Sign in, or choose a lower role."))
	}
	now = now.UTC().Truncate(time.Millisecond)
	expires := now.Add(DefaultLife)
	if req.ExpiresAt != nil {
		if expires = req.ExpiresAt.UTC().Truncate(time.Millisecond); !expires.After(now) {
			return refuse(problem.Invalid(problem.Field{Field: "expires_at", Code: "past", Detail: "has to be in the future; leave it out for 90 days."}))
		}
	}
	id, err := ids.New(api.ManagementKeyPrefix, now, random)
	if err != nil {
		return refuse(err)
	}
	secret, err := accesskey.NewManagement(strings.TrimPrefix(id, api.ManagementKeyPrefix), random)
	if err != nil {
		return refuse(fmt.Errorf("make management key %s: %w", id, err))
	}
	return ManagementKey{
		ID: id, Tenant: by.Tenant, Name: strings.TrimSpace(req.Name), Role: req.Role,
		ExpiresAt: expires, CreatedAt: now, CreatedBy: by.By(),
	}, secret, nil
}

// Resource names the management key in audit events.
func (m ManagementKey) Resource() audit.Resource {
	return audit.Resource{Kind: "management_key", ID: m.ID, Name: m.Name}
}

// Created returns what an audit event tells of a new management key.
func (m ManagementKey) Created() audit.Changes {
	return audit.Changes{"name": {nil, m.Name}, "role": {nil, m.Role}, "expires_at": {nil, m.ExpiresAt}}
}

// Answer returns the management key as the API tells it.
func (m ManagementKey) Answer() api.ManagementKeyRecord {
	return api.ManagementKeyRecord{
		ID: m.ID, Name: m.Name, Role: m.Role, ExpiresAt: m.ExpiresAt, CreatedAt: m.CreatedAt, CreatedBy: m.CreatedBy,
	}
}
