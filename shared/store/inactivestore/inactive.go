// Package inactivestore keeps which applications and Arxes stop their keys: those that are disabled or archived. There are
// few, so that whoever looks for stopped keys need not read all parents.
package inactivestore

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	name    = "name"
	status  = "status"
	purpose = "purpose"
)

// PutApplication keeps what the application has become, as part of the transaction that changes it.
func PutApplication(tx *table.Transaction, a applications.Application) {
	if a.Status == api.ApplicationActive {
		tx.Remove(table.Inactive(a.Tenant, a.ID))
		return
	}
	tx.Put(EncodeApplication(a))
}

// EncodeApplication returns the item of an application that is not active.
func EncodeApplication(a applications.Application) table.Item {
	item := table.NewItem(table.Inactive(a.Tenant, a.ID))
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	return item
}

// PutArx keeps what the Arx has become, as part of the transaction that changes it. A deleted one has no keys to stop.
func PutArx(tx *table.Transaction, a arxes.Arx) {
	if a.Status != api.ArxDisabled {
		tx.Remove(table.Inactive(a.Tenant, a.ID))
		return
	}
	tx.Put(EncodeArx(a))
}

// EncodeArx returns the item of an Arx that is disabled.
func EncodeArx(a arxes.Arx) table.Item {
	item := table.NewItem(table.Inactive(a.Tenant, a.ID))
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	item.SetString(purpose, string(a.Purpose))
	return item
}

// Inactive are the applications and Arxes of a tenant that stop their keys, each in the order in which they were created.
type Inactive struct {
	Applications []api.KeyApplication
	Arxes        []api.KeyArx
}

// Store reads them.
type Store struct{ db *table.Table }

// New returns those that lie in the table.
func New(db *table.Table) *Store { return &Store{db} }

// List returns the tenant's.
func (s *Store) List(ctx context.Context, tenant string) (Inactive, error) {
	items, err := s.db.Query(ctx, table.Partition(table.Inactive(tenant, "")), 0)
	if err != nil {
		return Inactive{}, fmt.Errorf("list what stops keys: %w", err)
	}
	var found Inactive
	for _, item := range items {
		if id := item.SortKey(); api.ValidID(api.ArxPrefix, id) {
			found.Arxes = append(found.Arxes, api.KeyArx{ID: id, Name: item.String(name), Purpose: api.Purpose(item.String(purpose)), Status: api.ArxStatus(item.String(status))})
		} else {
			found.Applications = append(found.Applications, api.KeyApplication{ID: id, Name: item.String(name), Status: api.ApplicationStatus(item.String(status))})
		}
	}
	return found, nil
}

// IDs returns the ids of all of them.
func (i Inactive) IDs() map[string]bool {
	ids := map[string]bool{}
	for _, a := range i.Applications {
		ids[a.ID] = true
	}
	for _, a := range i.Arxes {
		ids[a.ID] = true
	}
	return ids
}
