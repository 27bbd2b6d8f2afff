// Package arxstore keeps Arxes, and which of them is the default.
package arxstore

import (
	"cmp"
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/inactivestore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// kind separates the names of Arxes from those of applications.
const kind = "arxes"

// Arxes is where Arxes are kept.
type Arxes struct{ db *table.Table }

// New returns the Arxes that lie in the table.
func New(db *table.Table) *Arxes { return &Arxes{db} }

// Create keeps a new Arx, with the event and the request that asked for it. The tenant's first
// becomes the default: it returns which one that is now. A name that another one of the tenant has
// is problem.NameTaken.
func (s *Arxes) Create(ctx context.Context, a arxes.Arx, e audit.Event, r requeststore.Request) (arxes.Default, error) {
	a.LastEvent = e.Hash
	var standing arxes.Default
	err := table.RetryStale(ctx, func(ctx context.Context) error {
		was, err := s.Default(ctx, a.Tenant)
		if err != nil {
			return err
		}
		standing = arxes.Default{ArxID: cmp.Or(was.ArxID, a.ID), Live: was.Live + 1}
		tx := new(table.Transaction)
		r.Record(tx, a.ID)
		takeName(tx, a)
		tx.Insert(encode(a), fmt.Errorf("create an Arx: %s is there already", a.ID))
		if was.ArxID == "" {
			tx.Insert(encodeDefault(a.Tenant, standing), table.ErrStale)
			tx.Put(RollUp(a.Tenant, a.CreatedAt))
		} else {
			tx.Update(table.DefaultArx(a.Tenant), hasDefault(was.ArxID), table.Update{Add: map[string]int{live: 1}})
		}
		gatestore.PutArx(tx, a)
		countstore.MoveArx(tx, a.Tenant, "", a.Status)
		if err := auditstore.Record(tx, a.Tenant, e); err != nil {
			return err
		}
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return arxes.Default{}, fmt.Errorf("create Arx %s: %w", a.ID, err)
	}
	return standing, nil
}

// takeName makes the Arx's name its own.
func takeName(tx *table.Transaction, a arxes.Arx) {
	item := table.NewItem(nameOf(a))
	item.SetString("id", a.ID)
	tx.Insert(item, problem.New(problem.NameTaken, "Another Arx is called "+a.Name+". Choose another name."))
}

func nameOf(a arxes.Arx) table.Key { return table.Name(a.Tenant, kind, names.Key(a.Name)) }

// Change makes of the tenant's Arx what change returns for it, with the event: anything but a
// deleted one. Where somebody else changes it meanwhile, change is asked again. A name that another
// one has is problem.NameTaken.
func (s *Arxes) Change(ctx context.Context, tenant, id string, change func(was arxes.Arx) (arxes.Arx, audit.Event, error)) (arxes.Arx, error) {
	var changed arxes.Arx
	err := table.RetryStale(ctx, func(ctx context.Context) error {
		was, err := s.Get(ctx, tenant, id)
		if err != nil {
			return err
		}
		is, e, err := change(was)
		if err != nil {
			return err
		}
		is.LastEvent = e.Hash
		tx := new(table.Transaction)
		tx.Replace(encode(is), version, was.Version)
		if nameOf(was) != nameOf(is) {
			tx.Delete(nameOf(was))
			takeName(tx, is)
		}
		gatestore.PutArx(tx, is)
		inactivestore.PutArx(tx, is)
		if was.Status != is.Status {
			countstore.MoveArx(tx, tenant, was.Status, is.Status)
		}
		if err := auditstore.Record(tx, tenant, e); err != nil {
			return err
		}
		changed = is
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return arxes.Arx{}, fmt.Errorf("change Arx %s: %w", id, err)
	}
	return changed, nil
}

// SetDefault makes the tenant's Arx the default, with the event that change returns for it and for
// the default that there is. It returns the Arx, and which one is the default now: of several that
// are made it at once, the last one is.
func (s *Arxes) SetDefault(ctx context.Context, tenant, id string, change func(was arxes.Arx, standing arxes.Default) (arxes.Arx, audit.Event, error)) (arxes.Arx, arxes.Default, error) {
	var changed arxes.Arx
	var standing arxes.Default
	err := table.RetryStale(ctx, func(ctx context.Context) error {
		was, err := s.Get(ctx, tenant, id)
		if err != nil {
			return err
		}
		if standing, err = s.Default(ctx, tenant); err != nil {
			return err
		}
		is, e, err := change(was, standing)
		if err != nil {
			return err
		}
		is.LastEvent = e.Hash
		tx := new(table.Transaction)
		tx.Replace(encode(is), version, was.Version) // so that it is not deleted meanwhile
		tx.Update(table.DefaultArx(tenant), hasDefault(standing.ArxID), table.Update{Set: hasDefault(id)})
		if err := auditstore.Record(tx, tenant, e); err != nil {
			return err
		}
		changed, standing.ArxID = is, id
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return arxes.Arx{}, arxes.Default{}, fmt.Errorf("make Arx %s the default: %w", id, err)
	}
	return changed, standing, nil
}

// Delete makes the Arx deleted, with the event that change returns for it. From the moment that this
// is done all readers tell its keys as deleted, and none verifies (gates that are kept aside); their
// rows are settled after that. The default is problem.WrongState unless it is the last.
func (s *Arxes) Delete(ctx context.Context, tenant, id string, change func(arxes.Arx) (arxes.Arx, audit.Event, error)) (arxes.Arx, error) {
	var deleted arxes.Arx
	err := table.RetryStale(ctx, func(ctx context.Context) error {
		was, err := s.Get(ctx, tenant, id)
		if err != nil {
			return err
		}
		standing, err := s.Default(ctx, tenant)
		if err != nil {
			return err
		}
		is, e, err := change(was)
		if err != nil {
			return err
		}
		is.LastEvent = e.Hash
		tx := new(table.Transaction)
		tx.Replace(encode(is), version, was.Version)
		tx.Delete(nameOf(was))
		switch {
		case standing.ArxID == "":
			return table.ErrStale // the last one was deleted since this one was read
		case standing.ArxID != id:
			tx.Update(table.DefaultArx(tenant), hasDefault(standing.ArxID), table.Update{Add: map[string]int{live: -1}})
		case standing.Live > 1:
			return problem.New(problem.WrongState, arxes.DefaultStays)
		default:
			tx.DeleteWhere(table.DefaultArx(tenant), encodeDefault(tenant, standing).Without(table.PK, table.SK))
		}
		gatestore.PutArx(tx, is)
		inactivestore.PutArx(tx, is)
		countstore.MoveArx(tx, tenant, was.Status, is.Status)
		tx.Put(encodeSettlement(tenant, id, is.UpdatedAt, e))
		if err := auditstore.Record(tx, tenant, e); err != nil {
			return err
		}
		deleted = is
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return arxes.Arx{}, fmt.Errorf("delete Arx %s: %w", id, err)
	}
	return deleted, nil
}

// Get returns the tenant's Arx, a deleted one too. One that is not there is problem.NotFound.
func (s *Arxes) Get(ctx context.Context, tenant, id string) (arxes.Arx, error) {
	if !api.ValidID(api.ArxPrefix, id) {
		return arxes.Arx{}, errNotFound
	}
	item, err := s.db.Get(ctx, table.Arx(tenant, id))
	switch {
	case err != nil:
		return arxes.Arx{}, fmt.Errorf("get Arx %s: %w", id, err)
	case item == nil:
		return arxes.Arx{}, errNotFound
	}
	return Decode(tenant, item), nil
}

var errNotFound = problem.New(problem.NotFound, "There is no such Arx.")
