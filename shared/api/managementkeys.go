package api

import (
	"time"
)

// ManagementKeyStatus is the state of a management key.
type ManagementKeyStatus string

// The states of a management key.
const (
	ManagementKeyActive  ManagementKeyStatus = "active"
	ManagementKeyExpired ManagementKeyStatus = "expired"
	ManagementKeyDeleted ManagementKeyStatus = "deleted" // only in the answer to its deletion
)

// ManagementKeyRecord is a credential for machines that call the management API.
type ManagementKeyRecord struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Role       Role                `json:"role"`
	Status     ManagementKeyStatus `json:"status"`
	ExpiresAt  time.Time           `json:"expires_at"`
	CreatedAt  time.Time           `json:"created_at"`
	CreatedBy  By                  `json:"created_by"`
	LastUsedAt *time.Time          `json:"last_used_at"` // to the hour; null where it was never used
	Permits
}

// ETag returns the version. A management key is created and deleted, and never changed: it has one version, and another in
// the answer to its deletion.
func (m ManagementKeyRecord) ETag() string {
	if m.Status == ManagementKeyDeleted {
		return "2"
	}
	return "1"
}

// Location returns the path of the management key.
func (m ManagementKeyRecord) Location() string { return "/v1/management-keys/" + m.ID }

// ManagementKeyTotals counts a tenant's management keys. Deleted ones are gone.
type ManagementKeyTotals struct {
	Total   int `json:"total"`
	Active  int `json:"active"`
	Expired int `json:"expired"`
}

// ManagementKeyList is a page of management keys.
type ManagementKeyList = List[ManagementKeyRecord, ManagementKeyTotals]

// CreatedManagementKey is the answer that holds a management key: the only one there will ever be.
type CreatedManagementKey struct {
	ManagementKey ManagementKeyRecord `json:"management_key"`
	Secret        *ClearText          `json:"secret"`           // null where the request was repeated
	Notice        string              `json:"notice,omitempty"` // why there is no secret
	Replay
}

// ETag is that of the management key.
func (c CreatedManagementKey) ETag() string { return c.ManagementKey.ETag() }

// Location is that of the management key.
func (c CreatedManagementKey) Location() string { return c.ManagementKey.Location() }

// ManagementKeyShownOnce is the notice of an answer to a request that was repeated.
const ManagementKeyShownOnce = "The management key was in the first answer to this request, and can't be shown again. If that answer was lost, delete it and create another."

// CreateManagementKeyRequest describes the management key to be.
type CreateManagementKeyRequest struct {
	Idempotent
	Name      string     `json:"name"`
	Role      Role       `json:"role"`                 // an owner's is minted only by a person
	ExpiresAt *time.Time `json:"expires_at,omitempty"` // at most 365 days from now, unless the deployment says otherwise, and not after the management key that creates it expires; 90 days from now, or the latest allowed, where left out
}

// Validate answers what is wrong with the fields. That expires_at lies in the future is for the
// server to say.
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

// ListManagementKeysRequest asks for a page of management keys, newest first.
type ListManagementKeysRequest struct {
	Page
	Status ManagementKeyStatus `query:"status"`
}

// Validate answers what is wrong with the parameters.
func (r ListManagementKeysRequest) Validate() error {
	c := checking(r)
	r.Page.check(&c)
	if r.Status != "" {
		oneOf(&c, "status", r.Status, ManagementKeyActive, ManagementKeyExpired)
	}
	return c.err()
}

// ManagementKeyID names a management key.
type ManagementKeyID struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts everything: an id that is none is not found.
func (ManagementKeyID) Validate() error { return nil }

// The operations on management keys.
var (
	CreateManagementKey = Operation[CreateManagementKeyRequest, CreatedManagementKey]{
		Name: "managementkeys.create", Method: "POST", Path: "/v1/management-keys", Permission: ManageManagementKeys, Status: 201,
		Summary: "Create a management key. It is in this answer and nowhere else.",
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
		Summary: "Delete a management key. Nobody can call with it any more, within the time that callers are remembered for.",
	}
)
