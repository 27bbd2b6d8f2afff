package managementkeystore

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	name      = "name"
	role      = "role"
	expiresAt = "expires_at"
	createdAt = "created_at"
	createdBy = "created_by"
	lastEvent = "last_event"
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

// Decode returns the tenant's management key from its row.
func Decode(tenant string, row table.Item) managementkeys.ManagementKey {
	return managementkeys.ManagementKey{
		ID: row.SortKey(), Tenant: tenant, Name: row.String(name), Role: api.Role(row.String(role)), ExpiresAt: row.Time(expiresAt),
		CreatedAt: row.Time(createdAt), CreatedBy: row.By(createdBy), LastEvent: row.String(lastEvent),
	}
}
