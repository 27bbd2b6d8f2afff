// Package inactivestore stores which applications and Arxes make their keys unusable: those that are
// disabled or archived. They are few, so a reader that looks for affected keys does not have to read every
// parent.
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

// PutApplication adds the application's new status to the transaction that changes it.
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

// PutArx adds the Arx's new status to the transaction that changes it. A deleted Arx is not stored, because
// its keys are deleted too.
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

// Inactive contains the inactive applications and Arxes of a tenant, each in order of creation.
type Inactive struct {
	Applications []api.KeyApplication
	Arxes        []api.KeyArx
}

// Store reads inactive applications and Arxes.
type Store struct{ db *table.Table }

// New returns the store of the inactive parents in db.
func New(db *table.Table) *Store { return &Store{db} }

// List returns the tenant's inactive applications and Arxes.
func (s *Store) List(ctx context.Context, tenant string) (Inactive, error) {
	items, err := s.db.Query(ctx, table.Partition(table.Inactive(tenant, "")), 0)
	if err != nil {
		return Inactive{}, fmt.Errorf("list inactive parents: %w", err)
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

// IDs returns the set of their ids.
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
