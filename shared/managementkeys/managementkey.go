// Package managementkeys holds the rules of management keys, the credentials of machines that call
// the management API. It reads and writes nothing.
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
	// DefaultLife is how long a management key lives whose request does not say.
	DefaultLife = 90 * day
	// DefaultMaxLife is how long a management key may live where MAX_MANAGEMENT_KEY_DAYS does not say.
	DefaultMaxLife = 365 * day

	day = 24 * time.Hour
	// leeway is how far the caller's clock may be ahead of ours. It never lengthens a life.
	leeway = 5 * time.Minute
)

// Delete is what can be done with a management key, as can and why name it.
const Delete lifecycle.Action = "delete"

// Lifecycle is the table of what can be done with a management key.
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
	LastUsedAt *time.Time // nil where it was never used
	LastEvent  string     // hash of the latest audit event
}

// New returns a new management key and its secret. It lives for at most maxLife (0 means DefaultMaxLife), and never longer
// than the management key that creates it. An owner's key that no person creates is
// problem.Forbidden; an expires_at out of these bounds is problem.InvalidField.
func New(by auth.Principal, req api.CreateManagementKeyRequest, maxLife time.Duration, now time.Time, random io.Reader) (ManagementKey, accesskey.Secret, error) {
	refuse := func(err error) (ManagementKey, accesskey.Secret, error) {
		return ManagementKey{}, accesskey.Secret{}, err
	}
	if req.Role == api.Owner && by.Kind != api.Person {
		return refuse(problem.New(problem.Forbidden, "An owner's management key is made by a person, never by another management key. Sign in, or choose a lower role."))
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

// expiry returns when a new management key expires: at the requested time or, where there is none,
// after DefaultLife or at the latest time allowed, whichever is earlier.
func expiry(by auth.Principal, requested *time.Time, maxLife time.Duration, now time.Time) (time.Time, error) {
	refuse := func(code, detail string) (time.Time, error) {
		return time.Time{}, problem.Invalid(problem.Field{Field: "expires_at", Code: code, Detail: detail})
	}
	maxLife = cmp.Or(maxLife, DefaultMaxLife)
	latest, why := now.Add(maxLife), fmt.Sprintf("at most %d days from now", int(maxLife/day))
	if by.Kind != api.Person && by.ExpiresAt.Before(latest) {
		latest, why = by.ExpiresAt, "not after "+by.ExpiresAt.UTC().Format(time.RFC3339)+", when the management key that creates it expires"
	}
	if !latest.After(now) { // the creator's key has expired, or its expiry is not known
		return time.Time{}, problem.New(problem.Forbidden, "An expired management key creates no other.")
	}
	if requested == nil {
		return earlier(now.Add(DefaultLife), latest), nil
	}
	at := requested.UTC().Truncate(time.Millisecond)
	switch {
	case !at.After(now):
		return refuse("past", "has to be in the future; leave it out for 90 days.")
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

// Resource names the management key in audit events.
func (m ManagementKey) Resource() audit.Resource {
	return audit.Resource{Kind: "management_key", ID: m.ID, Name: m.Name}
}

// Created returns what an audit event tells of a new management key.
func (m ManagementKey) Created() audit.Changes { return audit.Diff(nil, m.fields()) }

// Deletion returns the event of the management key's deletion. One that is not the one that the caller saw is
// problem.Changed. The last owner's may be deleted too: people remain, who can make another.
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

// Status returns the state at that time. A management key is good until just before it expires.
func (m ManagementKey) Status(now time.Time) api.ManagementKeyStatus {
	if now.Before(m.ExpiresAt) {
		return api.ManagementKeyActive
	}
	return api.ManagementKeyExpired
}

// Response returns the management key in the state as the API tells it to the principal.
func (m ManagementKey) Response(by auth.Principal, in api.ManagementKeyStatus) api.ManagementKeyRecord {
	return api.ManagementKeyRecord{
		ID: m.ID, Name: m.Name, Role: m.Role, Status: in, ExpiresAt: m.ExpiresAt, CreatedAt: m.CreatedAt, CreatedBy: m.CreatedBy,
		LastUsedAt: m.LastUsedAt, Permits: Lifecycle.Permits(by, in),
	}
}
