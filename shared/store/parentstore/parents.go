// Package parentstore stores what keys show of their applications and Arxes: names and states. All of a
// tenant's are small items next to each other, so that a page of keys reads all its parents with one query.
package parentstore

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	name    = "name"
	status  = "status"
	purpose = "purpose"
)

// PutApplication adds what keys show of the application to the transaction that writes it.
func PutApplication(tx *table.Transaction, a applications.Application) { tx.Put(EncodeApplication(a)) }

// EncodeApplication returns the item of an application.
func EncodeApplication(a applications.Application) table.Item {
	item := table.NewItem(table.Parent(a.Tenant, a.ID))
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	return item
}

// PutArx adds what keys show of the Arx to the transaction that writes it. A deleted Arx stays until it is
// purged, because deleted keys show it.
func PutArx(tx *table.Transaction, a arxes.Arx) { tx.Put(EncodeArx(a)) }

// EncodeArx returns the item of an Arx.
func EncodeArx(a arxes.Arx) table.Item {
	item := table.NewItem(table.Parent(a.Tenant, a.ID))
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	item.SetString(purpose, string(a.Purpose))
	return item
}

// Parents contains applications and Arxes of a tenant.
type Parents struct {
	applications map[string]api.KeyApplication
	arxes        map[string]api.KeyArx
}

// All returns all applications and Arxes of the tenant, including deleted Arxes.
func All(ctx context.Context, db *table.Table, tenant string) (Parents, error) {
	items, err := db.Query(ctx, table.Prefixed(table.Parent(tenant, "")), 0)
	if err != nil {
		return Parents{}, fmt.Errorf("read the parents of keys: %w", err)
	}
	return Decode(items), nil
}

// Decode returns the parents among the items.
func Decode(items []table.Item) Parents {
	p := Parents{map[string]api.KeyApplication{}, map[string]api.KeyArx{}}
	for _, item := range items {
		part, id := table.PartOfTotals(item.SortKey())
		switch {
		case part != table.Parents:
		case api.ValidID(api.ArxPrefix, id):
			p.arxes[id] = api.KeyArx{ID: id, Name: item.String(name), Purpose: api.Purpose(item.String(purpose)), Status: api.ArxStatus(item.String(status))}
		default:
			p.applications[id] = api.KeyApplication{ID: id, Name: item.String(name), Status: api.ApplicationStatus(item.String(status))}
		}
	}
	return p
}

// Has reports whether the application or Arx is among them.
func (p Parents) Has(id string) bool {
	_, application := p.applications[id]
	_, arx := p.arxes[id]
	return application || arx
}

// With returns the parents and, of those that they lack, the ones among the items.
func (p Parents) With(items []table.Item) Parents {
	all := Decode(items)
	maps.Copy(all.applications, p.applications)
	maps.Copy(all.arxes, p.arxes)
	return all
}

// Of returns the parents of the row's key. Of a purged parent only the id is known.
func (p Parents) Of(r keys.Row) keys.Parents {
	of := keys.Parents{Application: p.applications[r.ApplicationID], Arx: p.arxes[r.ArxID]}
	of.Application.ID, of.Arx.ID = r.ApplicationID, r.ArxID
	return of
}

// Inactive returns the applications and Arxes that stop their keys, each in order of creation. Deleted Arxes
// are not among them, because their keys are deleted too.
func (p Parents) Inactive() (inactive []api.KeyApplication, disabled []api.KeyArx) {
	for _, id := range slices.Sorted(maps.Keys(p.applications)) {
		if a := p.applications[id]; a.Status != api.ApplicationActive {
			inactive = append(inactive, a)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.arxes)) {
		if a := p.arxes[id]; a.Status == api.ArxDisabled {
			disabled = append(disabled, a)
		}
	}
	return inactive, disabled
}
