package arxstore

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	name        = "name"
	description = "description"
	purpose     = "purpose"
	plan        = "plan"
	provider    = "provider"
	regions     = "regions"
	encryption  = "encryption"
	cycle       = "cycle"
	endpoint    = "endpoint"
	owner       = "owner"
	status      = "status"
	createdAt   = "created_at"
	createdBy   = "created_by"
	updatedAt   = "updated_at"
	updatedBy   = "updated_by"
	version     = "version"
	lastEvent   = "last_event"
)

func encode(a arxes.Arx) table.Item {
	item := table.NewItem(table.Arx(a.Tenant, a.ID))
	item.SetString(name, a.Name)
	item.SetString(description, a.Description)
	item.SetString(purpose, string(a.Purpose))
	item.SetString(plan, string(a.Plan))
	item.SetString(provider, string(a.Provider))
	item.SetStrings(regions, a.Regions)
	item.SetString(encryption, string(a.Encryption))
	item.SetString(cycle, string(a.Cycle))
	item.SetString(endpoint, a.Endpoint)
	item.SetString(owner, a.Owner)
	item.SetString(status, string(a.Status))
	item.SetTime(createdAt, a.CreatedAt)
	item.SetBy(createdBy, a.CreatedBy)
	item.SetTime(updatedAt, a.UpdatedAt)
	item.SetBy(updatedBy, a.UpdatedBy)
	item.SetInt(version, a.Version)
	item.SetString(lastEvent, a.LastEvent)
	if a.Status == api.ArxDeleted {
		item.SetDue(table.ArxPurge, a.ID, a.UpdatedAt.Add(lifecycle.Retention))
	}
	return item
}

// Decode returns the tenant's Arx from its item.
func Decode(tenant string, item table.Item) arxes.Arx {
	return arxes.Arx{
		ID: item.SortKey(), Tenant: tenant, Name: item.String(name), Description: item.String(description),
		Purpose: api.Purpose(item.String(purpose)), Plan: api.Plan(item.String(plan)), Provider: api.Provider(item.String(provider)),
		Regions: item.Strings(regions), Encryption: api.Encryption(item.String(encryption)), Cycle: api.Cycle(item.String(cycle)),
		Endpoint: item.String(endpoint), Owner: item.String(owner), Status: api.ArxStatus(item.String(status)),
		CreatedAt: item.Time(createdAt), CreatedBy: item.By(createdBy),
		Trail: audit.Trail{
			UpdatedAt: item.Time(updatedAt), UpdatedBy: item.By(updatedBy), Version: item.Int(version), LastEvent: item.String(lastEvent),
		},
	}
}
