// Package managementkeys implements the rules of management keys, the credentials with which machines call
// the management API. It does no I/O.
package managementkeys

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
	"github.com/arxkeys/arxkeys/shared/problem"
)

const (
	// DefaultLife is the lifetime of a management key whose request has no expires_at.
	DefaultLife = 90 * day
	// DefaultMaxLife is the maximum lifetime of a management key if MAX_MANAGEMENT_KEY_DAYS is not set.
	DefaultMaxLife = 365 * day

	day = 24 * time.Hour
	// leeway is how far the caller's clock may be ahead of ours. It does not extend the lifetime.
	leeway = 5 * time.Minute
)

// Delete is the action of deleting a management key, as named in can and why.
const Delete lifecycle.Action = "delete"

// Lifecycle is the table of actions on a management key.
var Lifecycle = lifecycle.Table[api.ManagementKeyStatus]{
	Permission: api.ManageManagementKeys,
	Changes: []lifecycle.Change[api.ManagementKeyStatus]{
		{From: api.ManagementKeyActive, Do: Delete, To: api.ManagementKeyDeleted},
		{From: api.ManagementKeyExpired, Do: Delete, To: api.ManagementKeyDeleted},
	},
}

// ManagementKey is a credential with a role.
type ManagementKey struct {
	ID         string
	Tenant     string
	Name       string
	Role       api.Role
	ExpiresAt  time.Time
	CreatedAt  time.Time
	CreatedBy  api.By
	LastUsedAt *time.Time // nil if never used
	LastEvent  string     // hash of the latest audit event
}

// New returns a new management key and its secret. Its lifetime is at most maxLife (0 means
// DefaultMaxLife), and it does not outlive the management key that creates it. New returns
// problem.Forbidden if a management key creates one with the role owner, and problem.InvalidField for an
// expires_at out of these bounds.
func New(by auth.Principal, req api.CreateManagementKeyRequest, maxLife time.Duration, now time.Time, random io.Reader) (ManagementKey, accesskey.Secret, error) {
	refuse := func(err error) (ManagementKey, accesskey.Secret, error) {
		return ManagementKey{}, accesskey.Secret{}, err
	}
	if req.Role == api.Owner && by.Kind != api.Person {
		return refuse(problem.New(problem.Forbidden, "Only a person can create a management key with the role owner. Sign in, or choose a lower role."))
	}
	now = now.UTC().Truncate(time.Millisecond)
	expires, err := expiry(by, req.ExpiresAt, maxLife, now)
	if err != nil {
		return refuse(err)
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

// expiry returns when a new management key expires: at the requested time or, by default, after DefaultLife
// or at the latest allowed time, whichever is earlier.
func expiry(by auth.Principal, requested *time.Time, maxLife time.Duration, now time.Time) (time.Time, error) {
	refuse := func(code, detail string) (time.Time, error) {
		return time.Time{}, problem.Invalid(problem.Field{Field: "expires_at", Code: code, Detail: detail})
	}
	maxLife = cmp.Or(maxLife, DefaultMaxLife)
	latest, why := now.Add(maxLife), fmt.Sprintf("must be at most %d days from now", int(maxLife/day))
	if by.Kind != api.Person && by.ExpiresAt.Before(latest) {
		latest, why = by.ExpiresAt, "must not be after "+by.ExpiresAt.UTC().Format(time.RFC3339)+", when the management key that creates it expires"
	}
	if !latest.After(now) { // the creator's key has expired, or its expiry is not known
		return time.Time{}, problem.New(problem.Forbidden, "An expired management key cannot create another one.")
	}
	if requested == nil {
		return earlier(now.Add(DefaultLife), latest), nil
	}
	at := requested.UTC().Truncate(time.Millisecond)
	switch {
	case !at.After(now):
		return refuse("past", "must be in the future. Omit it for 90 days.")
	case at.After(latest.Add(leeway)):
		return refuse("out_of_range", why+".")
	}
	return earlier(at, latest), nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Resource identifies the management key in audit events.
func (m ManagementKey) Resource() audit.Resource {
	return audit.Resource{Kind: "management_key", ID: m.ID, Name: m.Name}
}

// Created returns the audit event's changes for a new management key.
func (m ManagementKey) Created() audit.Changes { return audit.Diff(nil, m.fields()) }

// Deletion returns the audit event of the management key's deletion. It returns problem.Changed if the key
// does not match the condition. The last management key with the role owner may be deleted too, because
// people can create another one.
func Deletion(by auth.Principal, seen api.Conditional, now time.Time, random io.Reader) func(ManagementKey) (audit.Event, error) {
	return func(m ManagementKey) (audit.Event, error) {
		if err := seen.Match(m.Response(by, m.Status(now)).ETag()); err != nil {
			return audit.Event{}, err
		}
		return audit.New(by, api.DeleteManagementKey.Name, m.Resource(), audit.Diff(m.fields(), nil), m.LastEvent, audit.After(m.CreatedAt, now), random)
	}
}

func (m ManagementKey) fields() audit.Fields {
	return audit.Fields{"name": m.Name, "role": m.Role, "expires_at": m.ExpiresAt}
}

// Status returns the status at that time. A management key is valid until just before it expires.
func (m ManagementKey) Status(now time.Time) api.ManagementKeyStatus {
	if now.Before(m.ExpiresAt) {
		return api.ManagementKeyActive
	}
	return api.ManagementKeyExpired
}

// Response returns the management key in the API's format, with the status, for the principal.
func (m ManagementKey) Response(by auth.Principal, in api.ManagementKeyStatus) api.ManagementKeyRecord {
	return api.ManagementKeyRecord{
		ID: m.ID, Name: m.Name, Role: m.Role, Status: in, ExpiresAt: m.ExpiresAt, CreatedAt: m.CreatedAt, CreatedBy: m.CreatedBy,
		LastUsedAt: m.LastUsedAt, Permits: Lifecycle.Permits(by, in),
	}
}
