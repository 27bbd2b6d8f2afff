package callerstore

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	digest    = "digest"
	tenant    = "tenant"
	name      = "name"
	role      = "role"
	expiresAt = "expires_at"
)

// encode returns the credential's item. It contains only what authentication reads.
func encode(c auth.ManagementCredential) table.Item {
	item := table.NewItem(table.ManagementCredential(c.Principal.ID))
	item.SetBytes(digest, c.Digest)
	item.SetString(tenant, c.Principal.Tenant)
	item.SetString(name, c.Principal.Name)
	item.SetString(role, string(c.Principal.Role))
	item.SetTime(expiresAt, c.ExpiresAt)
	return item
}

// Decode returns the credential of the management key with the id from its item.
func Decode(id string, item table.Item) auth.ManagementCredential {
	return auth.ManagementCredential{
		Digest: item.Bytes(digest),
		Principal: auth.Principal{
			Kind: api.ManagementKey, ID: id, Name: item.String(name), Tenant: item.String(tenant), Role: api.Role(item.String(role)),
		},
		ExpiresAt: item.Time(expiresAt),
	}
}
