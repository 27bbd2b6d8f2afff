package api

import (
	"time"
)

// ManagementKeyStatus is the status of a management key.
type ManagementKeyStatus string

// Statuses of a management key.
const (
	ManagementKeyActive  ManagementKeyStatus = "active"
	ManagementKeyExpired ManagementKeyStatus = "expired"
	ManagementKeyDeleted ManagementKeyStatus = "deleted" // only in the response to its deletion
)

// ManagementKeyRecord is a credential with which machines call the management API.
type ManagementKeyRecord struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Role       Role                `json:"role"`
	Status     ManagementKeyStatus `json:"status"`
	ExpiresAt  time.Time           `json:"expires_at"`
	CreatedAt  time.Time           `json:"created_at"`
	CreatedBy  By                  `json:"created_by"`
	LastUsedAt *time.Time          `json:"last_used_at"` // Accurate to the hour. Null if never used.
	Effect
	Permits
}

// ETag returns the version. A management key is never changed, only created and deleted, so it has one
// version, and another one in the response to its deletion.
func (m ManagementKeyRecord) ETag() string {
	if m.Status == ManagementKeyDeleted {
		return "2"
	}
	return "1"
}

// Location returns the path of the management key.
func (m ManagementKeyRecord) Location() string { return "/v1/management-keys/" + m.ID }

// ManagementKeyTotals counts a tenant's management keys. Deleted ones are not stored.
type ManagementKeyTotals struct {
	Total   int `json:"total"`
	Active  int `json:"active"`
	Expired int `json:"expired"`
}

// ManagementKeyList is a page of management keys.
type ManagementKeyList = List[ManagementKeyRecord, ManagementKeyTotals]

// CreatedManagementKey is the response that contains a management key. No later response contains it.
type CreatedManagementKey struct {
	ManagementKey ManagementKeyRecord `json:"management_key"`
	Secret        *ClearText          `json:"secret"`           // Null if the request was repeated.
	Notice        string              `json:"notice,omitempty"` // Why there is no secret, and what to do.
	Replay
}

// ETag returns the management key's version.
func (c CreatedManagementKey) ETag() string { return c.ManagementKey.ETag() }

// Location returns the management key's path.
func (c CreatedManagementKey) Location() string { return c.ManagementKey.Location() }

// ManagementKeyShownOnce is the notice in the response to a repeated request.
const ManagementKeyShownOnce = "The management key was in the first response to this request and cannot be shown again. If you lost that response, delete the key and create another one."

// CreateManagementKeyRequest creates a management key.
type CreateManagementKeyRequest struct {
	Idempotent
	Name string `json:"name"`
	Role Role   `json:"role"` // Only a person can create a management key with the role owner.
	// At most 365 days from now, unless the deployment configures another maximum, and not after the expiry of
	// the management key that creates it. The default is 90 days from now, or the latest allowed time.
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// Validate returns problem.InvalidField with all wrong fields. The server checks that expires_at is in the
// future.
func (r CreateManagementKeyRequest) Validate() error {
	c := checking(r)
	r.Idempotent.check(&c)
	c.name("name", r.Name)
	if r.Role == "" {
		c.add("role", "required", "owner, admin, developer or verifier.")
	} else {
		oneOf(&c, "role", r.Role, Owner, Admin, Developer, Verifier)
	}
	c.expiry("expires_at", r.ExpiresAt, "90 days")
	return c.err()
}

// ListManagementKeysRequest lists management keys, newest first.
type ListManagementKeysRequest struct {
	Page
	Status ManagementKeyStatus `query:"status"`
}

// Validate returns problem.InvalidField with all wrong parameters.
func (r ListManagementKeysRequest) Validate() error {
	c := checking(r)
	r.Page.check(&c)
	if r.Status != "" {
		oneOf(&c, "status", r.Status, ManagementKeyActive, ManagementKeyExpired)
	}
	return c.err()
}

// ManagementKeyID identifies a management key.
type ManagementKeyID struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts any id: a malformed one is not found.
func (ManagementKeyID) Validate() error { return nil }

// Operations on management keys.
var (
	CreateManagementKey = Operation[CreateManagementKeyRequest, CreatedManagementKey]{
		Name: "managementkeys.create", Method: "POST", Path: "/v1/management-keys", Permission: ManageManagementKeys, Status: 201,
		Summary: "Create a management key. Only this response contains it.",
	}
	ListManagementKeys = Operation[ListManagementKeysRequest, ManagementKeyList]{
		Name: "managementkeys.list", Method: "GET", Path: "/v1/management-keys", Permission: ManageManagementKeys, Status: 200,
		Summary: "List management keys, newest first.",
	}
	GetManagementKey = Operation[ManagementKeyID, ManagementKeyRecord]{
		Name: "managementkeys.get", Method: "GET", Path: "/v1/management-keys/{id}", Permission: ManageManagementKeys, Status: 200,
		Summary: "Get a management key.",
	}
	DeleteManagementKey = Operation[Target, ManagementKeyRecord]{
		Name: "managementkeys.delete", Method: "DELETE", Path: "/v1/management-keys/{id}", Permission: ManageManagementKeys, Status: 200,
		Summary: "Delete a management key. It stops working as soon as cached callers expire (5 seconds by default).",
	}
)
