package api

import (
	"time"
)

// ManagementKeyRecord is a credential for machines that call the management API.
type ManagementKeyRecord struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	ExpiresAt time.Time `json:"expires_at"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy By        `json:"created_by"`
}

// CreatedManagementKey is the answer that holds a management key: the only one there will ever be.
type CreatedManagementKey struct {
	ManagementKey ManagementKeyRecord `json:"management_key"`
	Secret        ClearText           `json:"secret"`
}

// Location is the management key's address.
func (c CreatedManagementKey) Location() string { return "/v1/management-keys/" + c.ManagementKey.ID }

// CreateManagementKeyRequest describes the management key to be.
type CreateManagementKeyRequest struct {
	Name      string     `json:"name"`
	Role      Role       `json:"role"`                 // an owner's is minted only by a person
	ExpiresAt *time.Time `json:"expires_at,omitempty"` // 90 days from now where left out
}

// Validate answers what is wrong with the fields. That expires_at lies in the future is for the
// server to say.
func (r CreateManagementKeyRequest) Validate() error {
	var c check
	c.name("name", r.Name)
	if r.Role == "" {
		c.add("role", "required", "owner, admin, developer or verifier.")
	} else {
		oneOf(&c, "role", r.Role, Owner, Admin, Developer, Verifier)
	}
	c.expiry("expires_at", r.ExpiresAt, "90 days")
	return c.err()
}

// CreateManagementKey is the operation on management keys.
var CreateManagementKey = Operation[CreateManagementKeyRequest, CreatedManagementKey]{
	Name: "managementkeys.create", Method: "POST", Path: "/v1/management-keys", Permission: ManageManagementKeys, Status: 201,
	Summary: "Create a management key. It is in this answer and nowhere else.",
}
