package api

import (
	"encoding/json"
	"strings"
	"time"
)

// KeyStatus is the status of an API key. Deleted takes precedence over disabled, disabled over expired, and
// expired over active.
type KeyStatus string

// Statuses of an API key.
const (
	KeyActive   KeyStatus = "active"
	KeyDisabled KeyStatus = "disabled"
	KeyExpired  KeyStatus = "expired"
	KeyDeleted  KeyStatus = "deleted"
)

// EffectiveStatus is the status of an API key that also considers its parents: an active key is stopped if
// its application or its Arx is not active.
type EffectiveStatus string

// Effective statuses of an API key. All but KeyStopped are those of KeyStatus.
const (
	KeyVerifies   EffectiveStatus = "active"
	KeyStopped    EffectiveStatus = "stopped" // the key itself is active
	KeyIsDisabled EffectiveStatus = "disabled"
	KeyIsExpired  EffectiveStatus = "expired"
	KeyIsDeleted  EffectiveStatus = "deleted"
)

// StoppedBy is the reason why a key is stopped.
type StoppedBy string

// Reasons why an active API key is stopped.
const (
	ByDisabledApplication StoppedBy = "application_disabled"
	ByArchivedApplication StoppedBy = "application_archived"
	ByDisabledArx         StoppedBy = "arx_disabled"
)

// MaxMetadataBytes is the maximum size of a key's metadata in JSON.
const MaxMetadataBytes = 2048

// KeySummary is an API key in a list.
type KeySummary struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"` // Empty if not set. Not necessarily unique.
	Application KeyApplication  `json:"application"`
	Arx         KeyArx          `json:"arx"`
	Status      KeyStatus       `json:"status"`
	Effective   EffectiveStatus `json:"effective_status"` // The status, or stopped.
	StoppedBy   *StoppedBy      `json:"stopped_by"`       // Null unless stopped.
	// Beginning and last four characters of the newest access key.
	Hint        string     `json:"hint"`
	ExpiresAt   *time.Time `json:"expires_at"`
	RotateBy    time.Time  `json:"rotate_by"`
	RotationDue bool       `json:"rotation_due"`
	// End of the previous access key's validity. Null without an overlap.
	OverlapUntil *time.Time `json:"overlap_until"`
	CreatedAt    time.Time  `json:"created_at"`
	Use
	Permits
}

// KeyApplication is the application of a key.
type KeyApplication struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Status ApplicationStatus `json:"status"`
}

// KeyArx is the Arx of a key.
type KeyArx struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Purpose Purpose   `json:"purpose"`
	Status  ArxStatus `json:"status"`
}

// Key is an API key, without its access key.
type Key struct {
	KeySummary
	Scopes        []string   `json:"scopes"`         // A key without scopes grants none.
	RateLimit     *RateLimit `json:"rate_limit"`     // Null for no rate limit.
	RemainingUses *int       `json:"remaining_uses"` // Null for unlimited uses.
	// CIDR blocks from which the key may be presented. Empty for any address.
	AllowedIPs []string        `json:"allowed_ips"`
	Metadata   json.RawMessage `json:"metadata"` // A JSON object.
	CreatedBy  By              `json:"created_by"`
	UpdatedAt  time.Time       `json:"updated_at"`
	Version    string          `json:"-"` // returned as ETag
	Effect
}

// Location returns the key's path.
func (k Key) Location() string { return "/v1/keys/" + k.ID }

// ETag returns the key's version.
func (k Key) ETag() string { return k.Version }

// SetVersion sets the version from an ETag, strong or weak. Compression by a proxy makes an ETag weak.
func (k *Key) SetVersion(etag string) { k.Version = strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }

// KeyTotals counts API keys by status.
type KeyTotals struct {
	Total    int `json:"total"` // All except deleted keys.
	Active   int `json:"active"`
	Disabled int `json:"disabled"`
	Expired  int `json:"expired"`
	Deleted  int `json:"deleted"`
}

// KeyList is a page of API keys.
type KeyList = List[KeySummary, KeyTotals]

// CreateKeyRequest creates an API key.
type CreateKeyRequest struct {
	Idempotent
	ApplicationID string   `json:"application_id"`
	ArxID         string   `json:"arx_id"`
	Name          string   `json:"name,omitempty"`
	Scopes        []string `json:"scopes,omitempty"`
	// Must be in the future. Omit it for a key that never expires.
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
	RateLimit     *RateLimit `json:"rate_limit,omitempty"`
	RemainingUses *int       `json:"remaining_uses,omitempty"` // 1 to 1000000000. Omit it for unlimited uses.
	AllowedIPs    []string   `json:"allowed_ips,omitempty"`    // At most 50 CIDR blocks, IPv4 or IPv6.
	// A JSON object of at most 2 KB.
	Metadata json.RawMessage `json:"metadata,omitempty" empty:"what is in it is the caller's own"`
}

// Validate returns problem.InvalidField with all wrong fields. The server checks that expires_at is in the
// future.
func (r CreateKeyRequest) Validate() error {
	c := checking(r)
	r.Idempotent.check(&c)
	c.id("application_id", r.ApplicationID, ApplicationPrefix, "an application")
	c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	c.line("name", r.Name, MaxNameRunes)
	c.scopes("scopes", r.Scopes)
	c.expiry("expires_at", r.ExpiresAt, "a key that never expires")
	c.rateLimit(r.RateLimit)
	c.remainingUses(r.RemainingUses, 1)
	c.allowedIPs(r.AllowedIPs)
	c.metadata(r.Metadata)
	if len(c.fields) == 0 {
		c.fitsCredential(r.Name, r.Scopes, r.AllowedIPs, r.Metadata)
	}
	return c.err()
}

func (c *check) metadata(metadata json.RawMessage) {
	if len(metadata) == 0 {
		return
	}
	if len(metadata) > MaxMetadataBytes {
		c.add("metadata", "too_long", "must have at most %d bytes of JSON, not %d.", MaxMetadataBytes, len(metadata))
		return
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(metadata, &object); err != nil || object == nil {
		c.add("metadata", "invalid", `must be a JSON object, such as {"team": "payments"}.`)
	}
}

// CreatedKey is the response that contains the access key of a created or rotated API key. No later
// response contains it. The response to a repeated request has a notice instead.
type CreatedKey struct {
	Key       Key        `json:"key"`
	AccessKey *ClearText `json:"access_key"`       // Null if the request was repeated.
	Notice    string     `json:"notice,omitempty"` // Why there is no access key, and what to do.
	Replay
}

// ShownOnce is the notice in the response to a repeated request.
const ShownOnce = "The access key was in the first response to this request and cannot be shown again. If you lost that response, rotate the API key."

// Location returns the key's path.
func (c CreatedKey) Location() string { return c.Key.Location() }

// ETag returns the key's version.
func (c CreatedKey) ETag() string { return c.Key.ETag() }

// UpdateKeyRequest changes the given fields and leaves the others (RFC 7396), except that metadata is
// replaced as a whole.
type UpdateKeyRequest struct {
	ID string `path:"id" json:"-"`
	Conditional
	Name   Patch[string]   `json:"name,omitzero"`
	Scopes Patch[[]string] `json:"scopes,omitzero"`
	// Must be in the future. A later expiry reactivates an expired key. Null removes it.
	ExpiresAt Patch[time.Time] `json:"expires_at,omitzero"`
	// Replaced as a whole. Verifications in the current window still count.
	RateLimit Patch[RateLimit] `json:"rate_limit,omitzero"`
	// Remaining uses from now on. Null removes the limit.
	RemainingUses Patch[int] `json:"remaining_uses,omitzero"`
	// Null or an empty list allows any address.
	AllowedIPs Patch[[]string] `json:"allowed_ips,omitzero"`
	// A JSON object of at most 2 KB.
	Metadata Patch[json.RawMessage] `json:"metadata,omitzero" empty:"what is in it is the caller's own"`
}

// On returns the id of the API key and the condition of the change.
func (r UpdateKeyRequest) On() (id string, seen Conditional) { return r.ID, r.Conditional }

// Validate returns problem.InvalidField with all wrong fields. The server checks that expires_at is in the
// future.
func (r UpdateKeyRequest) Validate() error {
	c := checking(r)
	r.Conditional.check(&c)
	c.line("name", r.Name.Apply(""), MaxNameRunes)
	c.scopes("scopes", r.Scopes.Apply(nil))
	if at, ok := r.ExpiresAt.Get(); ok {
		c.expiry("expires_at", &at, "a key that never expires")
	}
	if limit, ok := r.RateLimit.Get(); ok {
		c.rateLimit(&limit)
	}
	if uses, ok := r.RemainingUses.Get(); ok {
		c.remainingUses(&uses, 0)
	}
	c.allowedIPs(r.AllowedIPs.Apply(nil))
	c.metadata(r.Metadata.Apply(nil))
	return c.err()
}

// MaxOverlapSeconds is the longest overlap of a rotation: a week.
const MaxOverlapSeconds = 7 * 24 * 60 * 60

// ReplaceNew makes a rotation replace the newest access key instead of the previous one.
const ReplaceNew = "new"

// RotateKeyRequest creates a new access key of an API key. The current access key stays valid for the
// overlap, but not past expires_at.
type RotateKeyRequest struct {
	ID string `path:"id" json:"-"`
	Conditional
	Idempotent
	// Seconds for which the current access key stays valid, 0 to 604800. With 0 it fails at once.
	OverlapSeconds *int `json:"overlap_seconds"`
	// Set to new, during an overlap, if the newest access key was lost. It then fails at once, and the previous
	// one keeps its overlap.
	Replace string `json:"replace,omitempty"`
}

// On returns the id of the API key and the condition of the rotation. A repeated request gets its first
// response, whatever has happened to the key since.
func (r RotateKeyRequest) On() (id string, seen Conditional) { return r.ID, r.Conditional }

// Validate returns problem.InvalidField with all wrong fields.
func (r RotateKeyRequest) Validate() error {
	c := checking(r)
	r.Conditional.check(&c)
	r.Idempotent.check(&c)
	switch {
	case r.OverlapSeconds == nil:
		c.add("overlap_seconds", "required", "how long the current access key stays valid, from 0 to %d seconds.", MaxOverlapSeconds)
	case *r.OverlapSeconds < 0 || *r.OverlapSeconds > MaxOverlapSeconds:
		c.add("overlap_seconds", "out_of_range", "from 0 to %d.", MaxOverlapSeconds)
	}
	if r.Replace != "" {
		oneOf(&c, "replace", r.Replace, ReplaceNew)
	}
	return c.err()
}

// KeySort is the sort order of a list of API keys. A leading minus means descending.
type KeySort string

// Sort orders of API keys. Equal keys are sorted by creation time.
const (
	NewestFirst    KeySort = "-created_at"
	OldestFirst    KeySort = "created_at"
	ByName         KeySort = "name"
	ByNameBack     KeySort = "-name"
	ByStatus       KeySort = "status" // active, disabled, expired, deleted
	ByStatusBack   KeySort = "-status"
	ByExpiry       KeySort = "expires_at" // keys that never expire sort last
	ByExpiryBack   KeySort = "-expires_at"
	ByRotation     KeySort = "rotate_by"
	ByRotationBack KeySort = "-rotate_by"
)

// KeyFilter selects the API keys of a list: those with a status, or those that need attention.
type KeyFilter string

// Filters of a list of API keys.
const (
	ActiveKeys      KeyFilter = "active"
	DisabledKeys    KeyFilter = "disabled"
	ExpiredKeys     KeyFilter = "expired"
	DeletedKeys     KeyFilter = "deleted"
	WorkingKeys     KeyFilter = "working"      // active, as are the application and the Arx
	StoppedKeys     KeyFilter = "stopped"      // active, but the application or the Arx is not
	ExpiringKeys    KeyFilter = "expiring"     // active, expiring within 7 days
	RotationDueKeys KeyFilter = "rotation_due" // active, due for rotation
	// Active, neither created nor used within 90 days, as of the latest daily roll-up.
	UnusedKeys KeyFilter = "unused"
)

// ListKeysRequest lists API keys.
//
// A search with q and without sort returns matches of the beginning of a name or of a word in it first,
// then of the beginning of an id, then of any part of a name, an id or a hint, each newest first. A page
// scans at most 1,000 keys for the remaining filters. If it ends there, it may be short; then it has
// scanned and a cursor.
type ListKeysRequest struct {
	Page
	Sort          KeySort   `query:"sort"` // The default is newest first.
	ApplicationID string    `query:"application_id"`
	ArxID         string    `query:"arx_id"`
	Status        KeyFilter `query:"status"`
	Include       string    `query:"include"` // Set to deleted to include deleted keys.
}

// Validate returns problem.InvalidField with all wrong parameters.
func (r ListKeysRequest) Validate() error {
	c := checking(r)
	r.Page.check(&c)
	if r.ApplicationID != "" {
		c.id("application_id", r.ApplicationID, ApplicationPrefix, "an application")
	}
	if r.ArxID != "" {
		c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	}
	if r.Sort != "" {
		oneOf(&c, "sort", r.Sort, NewestFirst, OldestFirst, ByName, ByNameBack, ByStatus, ByStatusBack, ByExpiry, ByExpiryBack, ByRotation, ByRotationBack)
	}
	if r.Status != "" {
		oneOf(&c, "status", r.Status, ActiveKeys, DisabledKeys, ExpiredKeys, DeletedKeys, WorkingKeys, StoppedKeys, ExpiringKeys, RotationDueKeys, UnusedKeys)
	}
	if r.Include != "" {
		oneOf(&c, "include", r.Include, "deleted")
	}
	return c.err()
}

// KeyID identifies an API key.
type KeyID struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts any id: a malformed one is not found.
func (KeyID) Validate() error { return nil }

// Operations on API keys.
var (
	CreateKey = Operation[CreateKeyRequest, CreatedKey]{
		Name: "keys.create", Method: "POST", Path: "/v1/keys", Permission: ManageKeys, Status: 201,
		Summary: "Create an API key. Only this response contains the access key.",
	}
	ListKeys = Operation[ListKeysRequest, KeyList]{
		Name: "keys.list", Method: "GET", Path: "/v1/keys", Permission: ManageKeys, Status: 200,
		Summary: "List API keys.",
	}
	GetKey = Operation[KeyID, Key]{
		Name: "keys.get", Method: "GET", Path: "/v1/keys/{id}", Permission: ManageKeys, Status: 200,
		Summary: "Get an API key.",
	}
	UpdateKey = Operation[UpdateKeyRequest, Key]{
		Name: "keys.update", Method: "PATCH", Path: "/v1/keys/{id}", Permission: ManageKeys, Status: 200,
		Summary: "Change an API key's name, scopes, expiry, limits or metadata.",
	}
	DisableKey = Operation[Target, Key]{
		Name: "keys.disable", Method: "POST", Path: "/v1/keys/{id}/disable", Permission: ManageKeys, Status: 200,
		Summary: "Disable an API key. It fails from the next verification on.",
	}
	EnableKey = Operation[Target, Key]{
		Name: "keys.enable", Method: "POST", Path: "/v1/keys/{id}/enable", Permission: ManageKeys, Status: 200,
		Summary: "Enable a disabled API key.",
	}
	RotateKey = Operation[RotateKeyRequest, CreatedKey]{
		Name: "keys.rotate", Method: "POST", Path: "/v1/keys/{id}/rotate", Permission: ManageKeys, Status: 200,
		Summary: "Rotate an API key: create a new access key. Only this response contains it.",
	}
	EndKeyOverlap = Operation[Target, Key]{
		Name: "keys.endoverlap", Method: "POST", Path: "/v1/keys/{id}/end-overlap", Permission: ManageKeys, Status: 200,
		Summary: "End the overlap of a rotation. The previous access key fails from the next verification on.",
	}
	DeleteKey = Operation[Target, Key]{
		Name: "keys.delete", Method: "DELETE", Path: "/v1/keys/{id}", Permission: ManageKeys, Status: 200,
		Summary: "Delete an API key. It fails from the next verification on.",
	}
)
