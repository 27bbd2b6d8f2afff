package api

import (
	"encoding/json"
	"strings"
	"time"
)

// KeyStatus is the state of an API key, as it counts: deleted before disabled before expired
// before active.
type KeyStatus string

// The states of an API key.
const (
	KeyActive   KeyStatus = "active"
	KeyDisabled KeyStatus = "disabled"
	KeyExpired  KeyStatus = "expired"
	KeyDeleted  KeyStatus = "deleted"
)

// EffectiveStatus is whether an API key verifies: its status, but stopped where it is active and its application or
// its Arx is not.
type EffectiveStatus string

// The effective statuses of an API key. All but KeyStopped are those of KeyStatus.
const (
	KeyVerifies   EffectiveStatus = "active"
	KeyStopped    EffectiveStatus = "stopped" // it is active itself
	KeyIsDisabled EffectiveStatus = "disabled"
	KeyIsExpired  EffectiveStatus = "expired"
	KeyIsDeleted  EffectiveStatus = "deleted"
)

// StoppedBy is why a key is stopped.
type StoppedBy string

// What stops an API key that is active.
const (
	ByDisabledApplication StoppedBy = "application_disabled"
	ByArchivedApplication StoppedBy = "application_archived"
	ByDisabledArx         StoppedBy = "arx_disabled"
)

// MaxMetadataBytes is how much JSON a key may carry.
const MaxMetadataBytes = 2048

// KeySummary is an API key as lists show it.
type KeySummary struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"` // empty where none was given; need not be unique
	Application  KeyApplication  `json:"application"`
	Arx          KeyArx          `json:"arx"`
	Status       KeyStatus       `json:"status"`
	Effective    EffectiveStatus `json:"effective_status"` // whether it verifies: the status, or stopped
	StoppedBy    *StoppedBy      `json:"stopped_by"`       // null unless it is stopped
	Hint         string          `json:"hint"`             // how the newest access key begins, and its last four characters
	ExpiresAt    *time.Time      `json:"expires_at"`
	RotateBy     time.Time       `json:"rotate_by"`
	RotationDue  bool            `json:"rotation_due"`
	OverlapUntil *time.Time      `json:"overlap_until"` // until when the access key before the newest verifies too; null where there is none
	CreatedAt    time.Time       `json:"created_at"`
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

// Key is an API key: the record. The access key is not part of it.
type Key struct {
	KeySummary
	Scopes        []string        `json:"scopes"`         // none means none
	RateLimit     *RateLimit      `json:"rate_limit"`     // null: none
	RemainingUses *int            `json:"remaining_uses"` // uses that are left; null: without such a limit
	AllowedIPs    []string        `json:"allowed_ips"`    // CIDR blocks from which it may be presented; none: from anywhere
	Metadata      json.RawMessage `json:"metadata"`       // an object
	CreatedBy     By              `json:"created_by"`
	UpdatedAt     time.Time       `json:"updated_at"`
	Version       string          `json:"-"` // told as ETag
}

// Location is the key's address.
func (k Key) Location() string { return "/v1/keys/" + k.ID }

// ETag is the key's version.
func (k Key) ETag() string { return k.Version }

// SetVersion takes the version from an ETag, as a caller gets it: what compresses on the way makes it a weak one.
func (k *Key) SetVersion(etag string) { k.Version = strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }

// KeyTotals counts API keys. Each counts once.
type KeyTotals struct {
	Total    int `json:"total"` // all but the deleted
	Active   int `json:"active"`
	Disabled int `json:"disabled"`
	Expired  int `json:"expired"`
	Deleted  int `json:"deleted"`
}

// KeyList is a page of API keys.
type KeyList = List[KeySummary, KeyTotals]

// CreateKeyRequest describes the API key to be.
type CreateKeyRequest struct {
	Idempotent
	ApplicationID string          `json:"application_id"`
	ArxID         string          `json:"arx_id"`
	Name          string          `json:"name,omitempty"`
	Scopes        []string        `json:"scopes,omitempty"`
	ExpiresAt     *time.Time      `json:"expires_at,omitempty"` // in the future
	RateLimit     *RateLimit      `json:"rate_limit,omitempty"`
	RemainingUses *int            `json:"remaining_uses,omitempty"`                                     // 1 to 1000000000
	AllowedIPs    []string        `json:"allowed_ips,omitempty"`                                        // at most 50 CIDR blocks, IPv4 and IPv6
	Metadata      json.RawMessage `json:"metadata,omitempty" empty:"what is in it is the caller's own"` // an object of at most 2 KB
}

// Validate answers what is wrong with the fields. That expires_at lies in the future is for the
// server to say.
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
		c.add("metadata", "too_long", "at most %d bytes of JSON; these are %d.", MaxMetadataBytes, len(metadata))
		return
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(metadata, &object); err != nil || object == nil {
		c.add("metadata", "invalid", `a JSON object, such as {"team": "payments"}.`)
	}
}

// CreatedKey is the answer that holds an access key, of a key that was created or rotated: the only
// one there will ever be. The answer to a request that was repeated holds none, and says so.
type CreatedKey struct {
	Key       Key        `json:"key"`
	AccessKey *ClearText `json:"access_key"`       // null where the request was repeated
	Notice    string     `json:"notice,omitempty"` // why there is no access key, and what to do
	Replay
}

// ShownOnce is the notice of an answer to a request that was repeated.
const ShownOnce = "The access key was in the first answer to this request, and can't be shown again. If that answer was lost, rotate the API key."

// Location is the key's address.
func (c CreatedKey) Location() string { return c.Key.Location() }

// ETag is the key's version.
func (c CreatedKey) ETag() string { return c.Key.ETag() }

// UpdateKeyRequest changes what is named and leaves the rest (RFC 7396), but for the metadata, which
// is replaced whole.
type UpdateKeyRequest struct {
	ID string `path:"id" json:"-"`
	Conditional
	Name          Patch[string]          `json:"name,omitzero"`
	Scopes        Patch[[]string]        `json:"scopes,omitzero"`
	ExpiresAt     Patch[time.Time]       `json:"expires_at,omitzero"`                                         // in the future, also of a key that is expired; null: never
	RateLimit     Patch[RateLimit]       `json:"rate_limit,omitzero"`                                         // replaced whole; what the present window has seen still counts
	RemainingUses Patch[int]             `json:"remaining_uses,omitzero"`                                     // how many are left from now on; null: without such a limit
	AllowedIPs    Patch[[]string]        `json:"allowed_ips,omitzero"`                                        // null or none: from anywhere
	Metadata      Patch[json.RawMessage] `json:"metadata,omitzero" empty:"what is in it is the caller's own"` // an object of at most 2 KB
}

// On returns the API key that is changed, and what the caller saw of it.
func (r UpdateKeyRequest) On() (id string, seen Conditional) { return r.ID, r.Conditional }

// Validate answers what is wrong with the fields. That expires_at lies in the future is for the
// server to say.
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

// MaxOverlapSeconds is how long the access key before the newest may go on verifying: a week.
const MaxOverlapSeconds = 7 * 24 * 60 * 60

// ReplaceNew is the word by which a rotation gives up the newest access key, and not the one before.
const ReplaceNew = "new"

// RotateKeyRequest asks for a new access key of an API key. The one that it had goes on verifying
// for the overlap, but never past expires_at.
type RotateKeyRequest struct {
	ID string `path:"id" json:"-"`
	Conditional
	Idempotent
	OverlapSeconds *int   `json:"overlap_seconds"`   // 0 to 604800; 0: it fails from the answer on
	Replace        string `json:"replace,omitempty"` // new: during an overlap, the newest access key was lost and fails at once; the one before keeps the overlap that it has
}

// On returns the API key that is rotated, and what the caller saw of it. A request that is repeated is
// answered as at first, whatever has become of the key.
func (r RotateKeyRequest) On() (id string, seen Conditional) { return r.ID, r.Conditional }

// Validate answers what is wrong with the fields.
func (r RotateKeyRequest) Validate() error {
	c := checking(r)
	r.Conditional.check(&c)
	r.Idempotent.check(&c)
	switch {
	case r.OverlapSeconds == nil:
		c.add("overlap_seconds", "required", "how long the present access key goes on verifying, from 0 to %d seconds.", MaxOverlapSeconds)
	case *r.OverlapSeconds < 0 || *r.OverlapSeconds > MaxOverlapSeconds:
		c.add("overlap_seconds", "out_of_range", "from 0 to %d.", MaxOverlapSeconds)
	}
	if r.Replace != "" {
		oneOf(&c, "replace", r.Replace, ReplaceNew)
	}
	return c.err()
}

// KeySort is by what a list of API keys is sorted. A minus sorts backwards.
type KeySort string

// The sorts of API keys. Those that are equal by it are sorted by when they were created.
const (
	NewestFirst    KeySort = "-created_at"
	OldestFirst    KeySort = "created_at"
	ByName         KeySort = "name"
	ByNameBack     KeySort = "-name"
	ByStatus       KeySort = "status" // active, disabled, expired, deleted
	ByStatusBack   KeySort = "-status"
	ByExpiry       KeySort = "expires_at" // those that never expire come last
	ByExpiryBack   KeySort = "-expires_at"
	ByRotation     KeySort = "rotate_by"
	ByRotationBack KeySort = "-rotate_by"
)

// KeyFilter is which API keys a list shows: those of a status, or those that want a look.
type KeyFilter string

// The filters of a list of API keys.
const (
	ActiveKeys      KeyFilter = "active"
	DisabledKeys    KeyFilter = "disabled"
	ExpiredKeys     KeyFilter = "expired"
	DeletedKeys     KeyFilter = "deleted"
	StoppedKeys     KeyFilter = "stopped"      // active, with an application or an Arx that is not
	ExpiringKeys    KeyFilter = "expiring"     // active, and expire within 7 days
	RotationDueKeys KeyFilter = "rotation_due" // active, past the time of their rotation
	UnusedKeys      KeyFilter = "unused"       // active, neither created nor used within 90 days, as of the latest daily roll-up
)

// ListKeysRequest asks for a page of API keys.
//
// A search, by q without sort, finds by the beginning of a name or of a word in it first, then by the beginning of an id,
// then by what stands anywhere in a name, an id or a hint, newest first. Whatever stays to be filtered is
// looked for among 1,000 keys a page: one that ends there may be short, says so in scanned, and has a cursor.
type ListKeysRequest struct {
	Page
	Sort          KeySort   `query:"sort"` // newest first where left out
	ApplicationID string    `query:"application_id"`
	ArxID         string    `query:"arx_id"`
	Status        KeyFilter `query:"status"`
	Include       string    `query:"include"` // deleted: those along with the others
}

// Validate answers what is wrong with the parameters.
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
		oneOf(&c, "status", r.Status, ActiveKeys, DisabledKeys, ExpiredKeys, DeletedKeys, StoppedKeys, ExpiringKeys, RotationDueKeys, UnusedKeys)
	}
	if r.Include != "" {
		oneOf(&c, "include", r.Include, "deleted")
	}
	return c.err()
}

// KeyID names an API key.
type KeyID struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts everything: an id that is none is not found.
func (KeyID) Validate() error { return nil }

// The operations on API keys.
var (
	CreateKey = Operation[CreateKeyRequest, CreatedKey]{
		Name: "keys.create", Method: "POST", Path: "/v1/keys", Permission: ManageKeys, Status: 201,
		Summary: "Create an API key. The access key is in this answer and nowhere else.",
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
		Summary: "Disable an API key. It fails on the next verification.",
	}
	EnableKey = Operation[Target, Key]{
		Name: "keys.enable", Method: "POST", Path: "/v1/keys/{id}/enable", Permission: ManageKeys, Status: 200,
		Summary: "Enable an API key: it is as it was.",
	}
	RotateKey = Operation[RotateKeyRequest, CreatedKey]{
		Name: "keys.rotate", Method: "POST", Path: "/v1/keys/{id}/rotate", Permission: ManageKeys, Status: 200,
		Summary: "Give an API key a new access key. It is in this answer and nowhere else.",
	}
	EndKeyOverlap = Operation[Target, Key]{
		Name: "keys.endoverlap", Method: "POST", Path: "/v1/keys/{id}/end-overlap", Permission: ManageKeys, Status: 200,
		Summary: "End the overlap of a rotation: of the two access keys, the older fails on the next verification.",
	}
	DeleteKey = Operation[Target, Key]{
		Name: "keys.delete", Method: "DELETE", Path: "/v1/keys/{id}", Permission: ManageKeys, Status: 200,
		Summary: "Delete an API key. It fails on the next verification.",
	}
)
