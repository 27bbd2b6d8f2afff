package api

import (
	"encoding/json"
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

// MaxMetadataBytes is how much JSON a key may carry.
const MaxMetadataBytes = 2048

// KeySummary is an API key as lists show it.
type KeySummary struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"` // empty where none was given; need not be unique
	Application KeyApplication `json:"application"`
	Arx         KeyArx         `json:"arx"`
	Status      KeyStatus      `json:"status"`
	Hint        string         `json:"hint"` // how the access key begins, and its last four characters
	ExpiresAt   *time.Time     `json:"expires_at"`
	RotateBy    time.Time      `json:"rotate_by"`
	RotationDue bool           `json:"rotation_due"`
	CreatedAt   time.Time      `json:"created_at"`
	LastUsedAt  *time.Time     `json:"last_used_at"`
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
	Scopes       []string        `json:"scopes"` // none means none
	OverlapUntil *time.Time      `json:"overlap_until"`
	Metadata     json.RawMessage `json:"metadata"` // an object
	CreatedBy    By              `json:"created_by"`
	UpdatedAt    time.Time       `json:"updated_at"`
	Version      string          `json:"-"` // told as ETag
}

// Location is the key's address.
func (k Key) Location() string { return "/v1/keys/" + k.ID }

// ETag is the key's version.
func (k Key) ETag() string { return k.Version }

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
	ApplicationID string          `json:"application_id"`
	ArxID         string          `json:"arx_id"`
	Name          string          `json:"name,omitempty"`
	Scopes        []string        `json:"scopes,omitempty"`
	ExpiresAt     *time.Time      `json:"expires_at,omitempty"` // in the future
	Metadata      json.RawMessage `json:"metadata,omitempty"`   // an object of at most 2 KB
}

// Validate answers what is wrong with the fields. That expires_at lies in the future is for the
// server to say.
func (r CreateKeyRequest) Validate() error {
	var c check
	c.id("application_id", r.ApplicationID, ApplicationPrefix, "an application")
	c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	c.text("name", r.Name, MaxNameRunes)
	c.scopes("scopes", r.Scopes)
	c.expiry("expires_at", r.ExpiresAt, "a key that never expires")
	c.metadata(r.Metadata)
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

// CreatedKey is the answer that holds an access key: the only one there will ever be.
type CreatedKey struct {
	Key       Key       `json:"key"`
	AccessKey ClearText `json:"access_key"`
}

// Location is the key's address.
func (c CreatedKey) Location() string { return c.Key.Location() }

// ETag is the key's version.
func (c CreatedKey) ETag() string { return c.Key.ETag() }

// ListKeysRequest asks for a page of API keys, newest first.
type ListKeysRequest struct {
	Page
	ApplicationID string    `query:"application_id"`
	ArxID         string    `query:"arx_id"`
	Status        KeyStatus `query:"status"`
	Include       string    `query:"include"` // deleted: those along with the others
}

// Validate answers what is wrong with the parameters.
func (r ListKeysRequest) Validate() error {
	var c check
	r.Page.check(&c)
	if r.ApplicationID != "" {
		c.id("application_id", r.ApplicationID, ApplicationPrefix, "an application")
	}
	if r.ArxID != "" {
		c.id("arx_id", r.ArxID, ArxPrefix, "an Arx")
	}
	if r.Status != "" {
		oneOf(&c, "status", r.Status, KeyActive, KeyDisabled, KeyExpired, KeyDeleted)
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
		Summary: "List API keys, newest first.",
	}
	GetKey = Operation[KeyID, Key]{
		Name: "keys.get", Method: "GET", Path: "/v1/keys/{id}", Permission: ManageKeys, Status: 200,
		Summary: "Get an API key.",
	}
	DeleteKey = Operation[KeyID, Key]{
		Name: "keys.delete", Method: "DELETE", Path: "/v1/keys/{id}", Permission: ManageKeys, Status: 200,
		Summary: "Delete an API key. It fails on the next verification.",
	}
)
