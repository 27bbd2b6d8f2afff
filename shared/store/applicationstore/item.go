package applicationstore

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	name        = "name"
	description = "description"
	technology  = "technology"
	owner       = "owner"
	origins     = "origins"
	status      = "status"
	createdAt   = "created_at"
	createdBy   = "created_by"
	updatedAt   = "updated_at"
	updatedBy   = "updated_by"
	version     = "version"
	lastEvent   = "last_event"
)

func encode(a applications.Application) table.Item {
	item := table.NewItem(table.Application(a.Tenant, a.ID))
	item.SetString(name, a.Name)
	item.SetString(description, a.Description)
	item.SetString(technology, string(a.Technology))
	item.SetString(owner, a.Owner)
	item.SetStrings(origins, a.AllowedOrigins)
	item.SetString(status, string(a.Status))
	item.SetTime(createdAt, a.CreatedAt)
	item.SetBy(createdBy, a.CreatedBy)
	item.SetTime(updatedAt, a.UpdatedAt)
	item.SetBy(updatedBy, a.UpdatedBy)
	item.SetInt(version, a.Version)
	item.SetString(lastEvent, a.LastEvent)
	return item
}

// Decode returns the tenant's application from its item.
func Decode(tenant string, item table.Item) applications.Application {
	return applications.Application{
		ID: item.SortKey(), Tenant: tenant, Name: item.String(name), Description: item.String(description),
		Technology: api.Technology(item.String(technology)), Owner: item.String(owner), AllowedOrigins: item.Strings(origins),
		Status: api.ApplicationStatus(item.String(status)), CreatedAt: item.Time(createdAt), CreatedBy: item.By(createdBy),
		Trail: audit.Trail{
			UpdatedAt: item.Time(updatedAt), UpdatedBy: item.By(updatedBy), Version: item.Int(version), LastEvent: item.String(lastEvent),
		},
	}
}
