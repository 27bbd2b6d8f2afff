// Package keys implements the rules of API keys: their states, their creation, and the decision whether one
// is valid. It does no I/O.
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
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// UnusedAfter is how long a key must be unused to need attention.
const UnusedAfter = 90 * 24 * time.Hour

// ExpiresSoon is how long before its expiry an active key needs attention.
const ExpiresSoon = 7 * 24 * time.Hour

// Row is the part of an API key that lists show.
type Row struct {
	ID            string
	Name          string
	ApplicationID string
	ArxID         string
	Env           accesskey.Env
	LastFour      string        // of the newest access key
	State         api.KeyStatus // as stored: active, disabled or deleted; see Status
	Counted       api.KeyStatus // the total that it is counted in: State, or expired once the expiry job has run
	ExpiresAt     *time.Time
	RotateBy      time.Time
	OverlapUntil  *time.Time // end of the previous access key's validity; see Overlap
	CreatedAt     time.Time
	Unused        bool // as of the latest daily roll-up
}

// Status returns the status at that time. Deleted takes precedence over disabled, disabled over expired,
// and expired over active. A key whose Arx is deleted is deleted.
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

// Overlap returns the end of the previous access key's validity, or nil if only the newest access key is
// valid at that time.
func (r Row) Overlap(now time.Time) *time.Time {
	if r.OverlapUntil == nil || expired(r.OverlapUntil, now) {
		return nil
	}
	return r.OverlapUntil
}

// expired reports whether the time has come. A key is valid until just before it.
func expired(at *time.Time, now time.Time) bool { return at != nil && !now.Before(*at) }

// Key is an API key.
type Key struct {
	Row
	Tenant string
	Older  string // last four characters of the previous access key during an overlap
	Scopes []string
	Limits
	Metadata  json.RawMessage // a JSON object, or empty
	CreatedBy api.By
	UpdatedAt time.Time
	DeletedAt *time.Time
	Version   int    // counts the changes
	LastEvent string // hash of the latest audit event
	Used      int    // uses charged while Uses was set; kept when the limit is removed
}

// remaining returns how many uses are left, or nil without a limit.
func (k Key) remaining() *int {
	if k.Uses == nil {
		return nil
	}
	left := max(0, *k.Uses-k.Used)
	return &left
}

// New returns a new API key that lets the application call the Arx, and its access key. Both must be active
// and belong to the principal's tenant. It returns problem.InvalidField for an expires_at that is not in
// the future.
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
		Limits: Limits{Rate: req.RateLimit, Uses: req.RemainingUses, AllowedIPs: req.AllowedIPs},
	}, secret, nil
}

func expiry(at *time.Time, now time.Time) (*time.Time, error) {
	if at == nil {
		return nil, nil
	}
	utc := at.UTC().Truncate(time.Millisecond)
	if !utc.After(now) {
		return nil, problem.Invalid(problem.Field{Field: "expires_at", Code: "past", Detail: "must be in the future. Omit it for a key that never expires."})
	}
	return &utc, nil
}

// ETag returns the version in the API's format.
func (k Key) ETag() string { return fmt.Sprint(k.Version) }

// Resource identifies the key in audit events.
func (k Key) Resource() audit.Resource {
	return audit.Resource{Kind: "key", ID: k.ID, Name: k.Name}
}

// Created returns the audit event's changes for a new key. They contain no secret.
func (k Key) Created() audit.Changes { return audit.Diff(nil, k.fields(k.CreatedAt)) }

func (k Key) fields(now time.Time) audit.Fields {
	return audit.Fields{
		"application_id": k.ApplicationID, "arx_id": k.ArxID, "name": k.Name, "status": k.Status(now, api.ArxActive),
		"hint": k.hint(), "scopes": k.Scopes, "expires_at": k.ExpiresAt, "rotate_by": k.RotateBy,
		"overlap_until": k.Overlap(now), "metadata": k.Metadata,
		"rate_limit": k.Rate, "remaining_uses": k.remaining(), "allowed_ips": k.AllowedIPs,
	}
}

// Parents are the current application and Arx of a key.
type Parents struct {
	Application api.KeyApplication
	Arx         api.KeyArx
}

// Details are what responses show of a key in addition to the key itself.
type Details struct {
	Parents
	Used usage.Summary // zero for a new key
}

// ParentsOf returns the parents of a key of the application and the Arx.
func ParentsOf(app applications.Application, arx arxes.Arx) Parents {
	return Parents{
		Application: api.KeyApplication{ID: app.ID, Name: app.Name, Status: app.Status},
		Arx:         api.KeyArx{ID: arx.ID, Name: arx.Name, Purpose: arx.Purpose, Status: arx.Status},
	}
}

// Summary returns the row in the API's format, for the principal.
func (r Row) Summary(by auth.Principal, of Details, now time.Time) api.KeySummary {
	summary := api.KeySummary{
		ID: r.ID, Name: r.Name, Application: of.Application, Arx: of.Arx, Status: r.Status(now, of.Arx.Status),
		Hint: r.hint(), ExpiresAt: r.ExpiresAt, RotateBy: r.RotateBy, CreatedAt: r.CreatedAt, Use: of.Used.Response(),
		Permits: r.permits(by, now, of.Arx.Status),
	}
	summary.Effective, summary.StoppedBy = api.EffectiveOf(summary.Status, of.Application.Status, of.Arx.Status)
	if summary.Status != api.KeyDeleted {
		summary.RotationDue, summary.OverlapUntil = !now.Before(r.RotateBy), r.Overlap(now)
	}
	return summary
}

func (r Row) hint() string { return r.hintOf(r.LastFour) }

func (r Row) hintOf(lastFour string) string {
	return accesskey.Hint(r.Env, strings.TrimPrefix(r.ID, api.KeyPrefix), lastFour)
}

// AccessKeys returns which of the key's access keys are in use. Uses of the previous one before the rotation do not
// count: it was the newest then.
func (k Key) AccessKeys(last usage.LastUse, now time.Time) api.AccessKeysUse {
	use := api.AccessKeysUse{Newest: api.AccessKeyUse{Hint: k.hint(), LastUsedAt: last.By(k.LastFour)}}
	if k.Overlap(now) != nil {
		use.Older = &api.AccessKeyUse{Hint: k.hintOf(k.Older), LastUsedAt: usage.LastUse{Older: last.Older}.By(k.Older)}
	}
	return use
}

// Response returns the key in the API's format, for the principal.
func (k Key) Response(by auth.Principal, of Details, now time.Time) api.Key {
	metadata := k.Metadata
	if len(metadata) == 0 {
		metadata = json.RawMessage("{}")
	}
	return api.Key{
		KeySummary: k.Summary(by, of, now), Scopes: k.Scopes, Metadata: metadata,
		RateLimit: k.Rate, RemainingUses: k.remaining(), AllowedIPs: k.AllowedIPs,
		CreatedBy: k.CreatedBy, UpdatedAt: k.UpdatedAt, Version: k.ETag(),
	}
}

// Opened returns the only response that contains the key's new access key.
func (k Key) Opened(by auth.Principal, secret accesskey.Secret, of Details, now time.Time) api.CreatedKey {
	text := api.ClearText(secret.Reveal())
	return api.CreatedKey{Key: k.Response(by, of, now), AccessKey: &text}
}

// Repeated returns the response to a repeated request: the current key, without its access key, which is
// not stored.
func (k Key) Repeated(by auth.Principal, of Details, now time.Time) api.CreatedKey {
	return api.CreatedKey{Key: k.Response(by, of, now), Notice: api.ShownOnce, Replay: api.Again()}
}
