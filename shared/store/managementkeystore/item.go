package managementkeystore

import (
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	digest    = "digest"
	tenant    = "tenant"
	name      = "name"
	role      = "role"
	expiresAt = "expires_at"
	createdAt = "created_at"
	createdBy = "created_by"
	lastEvent = "last_event"
	usedAt    = "at" // of table.LastUse
)

func encodeRow(m managementkeys.ManagementKey) table.Item {
	item := table.NewItem(table.ManagementKeyRow(m.Tenant, m.ID))
	item.SetString(name, m.Name)
	item.SetString(role, string(m.Role))
	item.SetTime(expiresAt, m.ExpiresAt)
	item.SetTime(createdAt, m.CreatedAt)
	item.SetBy(createdBy, m.CreatedBy)
	item.SetString(lastEvent, m.LastEvent)
	return item
}

// Decode returns the tenant's management key that the row holds.
func Decode(tenant string, row table.Item) managementkeys.ManagementKey {
	return managementkeys.ManagementKey{
		ID: row.SortKey(), Tenant: tenant, Name: row.String(name), Role: api.Role(row.String(role)), ExpiresAt: row.Time(expiresAt),
		CreatedAt: row.Time(createdAt), CreatedBy: row.By(createdBy), LastEvent: row.String(lastEvent),
	}
}

// encodeCredential returns what authentication reads: nothing that it does not need.
func encodeCredential(m managementkeys.ManagementKey, sum accesskey.Digest) table.Item {
	item := table.NewItem(table.ManagementCredential(m.ID))
	item.SetBytes(digest, sum[:])
	item.SetString(tenant, m.Tenant)
	item.SetString(name, m.Name)
	item.SetString(role, string(m.Role))
	item.SetTime(expiresAt, m.ExpiresAt)
	return item
}

// DecodeCredential returns what authentication knows of the management key with the id.
func DecodeCredential(id string, item table.Item) auth.ManagementCredential {
	return auth.ManagementCredential{
		Digest: item.Bytes(digest),
		Principal: auth.Principal{
			Kind: api.ManagementKey, ID: id, Name: item.String(name), Tenant: item.String(tenant), Role: api.Role(item.String(role)),
		},
		ExpiresAt: item.Time(expiresAt),
	}
}
