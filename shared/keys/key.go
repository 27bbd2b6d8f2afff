// Package keys holds the rules of API keys: their states, how they are made, and whether one is
// good. It reads and writes nothing.
package keys

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Lifecycle is the table of what can be done with an API key.
var Lifecycle = lifecycle.Table[api.KeyStatus]{
	Permission: api.ManageKeys,
	Changes: []lifecycle.Change[api.KeyStatus]{
		{From: api.KeyActive, Do: "delete", To: api.KeyDeleted},
		{From: api.KeyDisabled, Do: "delete", To: api.KeyDeleted},
		{From: api.KeyExpired, Do: "delete", To: api.KeyDeleted},
	},
}

// Row is what lists show of an API key.
type Row struct {
	ID            string
	Name          string
	ApplicationID string
	ArxID         string
	Env           accesskey.Env
	LastFour      string        // of the access key
	State         api.KeyStatus // as stored: active, disabled or deleted; see Status
	Counted       api.KeyStatus // the total that it is counted in: State, or expired once the sweep has seen it
	ExpiresAt     *time.Time
	RotateBy      time.Time
	CreatedAt     time.Time
}

// Status returns the state as it counts at that time: deleted before disabled before expired before
// active. A key whose Arx is deleted is deleted.
func (r Row) Status(now time.Time, arx api.ArxStatus) api.KeyStatus {
	switch {
	case r.State == api.KeyDeleted || arx == api.ArxDeleted:
		return api.KeyDeleted
	case r.State == api.KeyActive && expired(r.ExpiresAt, now):
		return api.KeyExpired
	default:
		return r.State
	}
}

// expired reports whether the time has come. A key is good until just before it.
func expired(at *time.Time, now time.Time) bool { return at != nil && !now.Before(*at) }

// Key is an API key.
type Key struct {
	Row
	Tenant    string
	Scopes    []string
	Metadata  json.RawMessage // an object; empty where there is none
	CreatedBy api.By
	UpdatedAt time.Time
	DeletedAt *time.Time
	Version   int    // counts the changes
	LastEvent string // hash of the latest audit event
}

// New makes an API key that brings the application and the Arx together, and its access key.
// Both have to be active and of the principal's tenant. An expires_at that is not in the future is
// problem.InvalidField.
func New(by auth.Principal, req api.CreateKeyRequest, app applications.Application, arx arxes.Arx, now time.Time, random io.Reader) (Key, accesskey.Secret, error) {
	refuse := func(err error) (Key, accesskey.Secret, error) { return Key{}, accesskey.Secret{}, err }
	if app.Tenant != by.Tenant || arx.Tenant != by.Tenant {
		return refuse(fmt.Errorf("create a key in tenant %s for application %s and Arx %s: other tenants", by.Tenant, app.ID, arx.ID))
	}
	if app.Status != api.ApplicationActive {
		return refuse(problem.New(problem.WrongState, fmt.Sprintf("Application %s is %s. Enable it, or choose another.", app.Name, app.Status)))
	}
	if arx.Status != api.ArxActive {
		return refuse(problem.New(problem.WrongState, fmt.Sprintf("Arx %s is %s. Enable it, or choose another.", arx.Name, arx.Status)))
	}
	now = now.UTC().Truncate(time.Millisecond)
	expires, err := expiry(req.ExpiresAt, now)
	if err != nil {
		return refuse(err)
	}
	id, err := ids.New(api.KeyPrefix, now, random)
	if err != nil {
		return refuse(err)
	}
	env := arx.Env()
	secret, err := accesskey.New(env, strings.TrimPrefix(id, api.KeyPrefix), random)
	if err != nil {
		return refuse(fmt.Errorf("make the access key of %s: %w", id, err))
	}
	return Key{
		Row: Row{
			ID: id, Name: strings.TrimSpace(req.Name), ApplicationID: app.ID, ArxID: arx.ID,
			Env: env, LastFour: secret.LastFour(), State: api.KeyActive, Counted: api.KeyActive,
			ExpiresAt: expires, RotateBy: arx.RotateBy(now), CreatedAt: now,
		},
		Tenant: by.Tenant, Scopes: req.Scopes, Metadata: req.Metadata, CreatedBy: by.By(), UpdatedAt: now, Version: 1,
	}, secret, nil
}

func expiry(at *time.Time, now time.Time) (*time.Time, error) {
	if at == nil {
		return nil, nil
	}
	utc := at.UTC().Truncate(time.Millisecond)
	if !utc.After(now) {
		return nil, problem.Invalid(problem.Field{Field: "expires_at", Code: "past", Detail: "has to be in the future; leave it out for a key that never expires."})
	}
	return &utc, nil
}

// Delete returns the key as it is once deleted. One that is deleted already is problem.WrongState.
func (k Key) Delete(now time.Time, arx api.ArxStatus) (Key, error) {
	if _, err := Lifecycle.Next(k.Status(now, arx), "delete"); err != nil {
		return k, err
	}
	at := now.UTC().Truncate(time.Millisecond)
	k.State, k.Counted, k.UpdatedAt, k.DeletedAt = api.KeyDeleted, api.KeyDeleted, at, &at
	k.Version++
	return k, nil
}

// Resource names the key in audit events.
func (k Key) Resource() audit.Resource {
	return audit.Resource{Kind: "key", ID: k.ID, Name: k.Name}
}

// Created returns what an audit event tells of a new key. Nothing in it opens anything.
func (k Key) Created() audit.Changes {
	changes := audit.Changes{
		"application_id": {nil, k.ApplicationID},
		"arx_id":         {nil, k.ArxID},
		"status":         {nil, k.State},
		"rotate_by":      {nil, k.RotateBy},
	}
	if k.Name != "" {
		changes["name"] = [2]any{nil, k.Name}
	}
	if k.ExpiresAt != nil {
		changes["expires_at"] = [2]any{nil, *k.ExpiresAt}
	}
	if len(k.Scopes) > 0 {
		changes["scopes"] = [2]any{nil, k.Scopes}
	}
	if len(k.Metadata) > 0 {
		changes["metadata"] = [2]any{nil, k.Metadata}
	}
	return changes
}

// Parents are the application and the Arx of a key, as they are now.
type Parents struct {
	Application api.KeyApplication
	Arx         api.KeyArx
}

// Summary returns the row as lists tell it to the principal.
func (r Row) Summary(by auth.Principal, of Parents, now time.Time) api.KeySummary {
	status := r.Status(now, of.Arx.Status)
	return api.KeySummary{
		ID: r.ID, Name: r.Name, Application: of.Application, Arx: of.Arx, Status: status,
		Hint:      accesskey.Hint(r.Env, strings.TrimPrefix(r.ID, api.KeyPrefix), r.LastFour),
		ExpiresAt: r.ExpiresAt, RotateBy: r.RotateBy,
		RotationDue: status != api.KeyDeleted && !now.Before(r.RotateBy),
		CreatedAt:   r.CreatedAt, Permits: Lifecycle.Permits(by, status),
	}
}

// Answer returns the key as the API tells it to the principal.
func (k Key) Answer(by auth.Principal, of Parents, now time.Time) api.Key {
	metadata := k.Metadata
	if len(metadata) == 0 {
		metadata = json.RawMessage("{}")
	}
	return api.Key{
		KeySummary: k.Summary(by, of, now), Scopes: k.Scopes, Metadata: metadata,
		CreatedBy: k.CreatedBy, UpdatedAt: k.UpdatedAt, Version: fmt.Sprint(k.Version),
	}
}
