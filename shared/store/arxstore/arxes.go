// Package arxstore stores Arxes, and which of them is the tenant's default.
package arxstore

import (
	"cmp"
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/namestore"
	"github.com/arxkeys/arxkeys/shared/store/parentstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Arxes reads and writes the Arxes in the table.
type Arxes struct{ db *table.Table }

// New returns the store of the Arxes in db.
func New(db *table.Table) *Arxes { return &Arxes{db} }

// Create stores a new Arx, its audit event and its idempotent request in one transaction, and returns the
// tenant's default Arx. The tenant's first Arx becomes the default. Create returns problem.NameTaken if
// another Arx of the tenant has the name.
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
		namestore.Arxes.Take(tx, a.Tenant, a.Name, a.ID)
		tx.Insert(encode(a), fmt.Errorf("there is already an Arx %s", a.ID))
		if was.ArxID == "" {
			tx.Insert(encodeDefault(a.Tenant, standing), table.ErrStale)
			tx.Put(RollUp(a.Tenant, a.CreatedAt))
		} else {
			tx.Update(table.DefaultArx(a.Tenant), hasDefault(was.ArxID), table.Update{Add: map[string]int{live: 1}})
		}
		gatestore.PutArx(tx, a)
		parentstore.PutArx(tx, a)
		countstore.MoveArx(tx, a.Tenant, "", a.Status)
		if err := auditstore.Record(tx, a.Tenant, e); err != nil {
			return err
		}
		return s.db.Commit(ctx, tx)
	})
	if err := s.spelled(ctx, a, err); err != nil {
		return arxes.Default{}, fmt.Errorf("create Arx %s: %w", a.ID, err)
	}
	return standing, nil
}

// spelled returns err, in which a name that is taken is spelled as its holder spells it.
func (s *Arxes) spelled(ctx context.Context, a arxes.Arx, err error) error {
	return namestore.Arxes.Spelled(ctx, s.db, a.Tenant, a.Name, err, func(ctx context.Context, id string) (string, error) {
		other, err := s.Get(ctx, a.Tenant, id)
		return other.Name, err
	})
}

func nameOf(a arxes.Arx) table.Key { return namestore.Arxes.Key(a.Tenant, a.Name) }

// Change replaces the tenant's Arx by the one that change returns, and records the event. It does not
// accept a deleted Arx. It calls change again if the Arx was changed concurrently. It returns
// problem.NameTaken if another Arx has the new name.
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
			namestore.Arxes.Take(tx, is.Tenant, is.Name, is.ID)
		}
		gatestore.PutArx(tx, is)
		parentstore.PutArx(tx, is)
		if was.Status != is.Status {
			countstore.MoveArx(tx, tenant, was.Status, is.Status)
		}
		if err := auditstore.Record(tx, tenant, e); err != nil {
			return err
		}
		changed = is
		return s.db.Commit(ctx, tx)
	})
	if err := s.spelled(ctx, changed, err); err != nil {
		return arxes.Arx{}, fmt.Errorf("change Arx %s: %w", id, err)
	}
	return changed, nil
}

// SetDefault makes the Arx the tenant's default and records the event that change returns. It returns the
// Arx and the new default. Of concurrent calls the last one wins.
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
		tx.Replace(encode(is), version, was.Version) // fails if the Arx was deleted concurrently
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

// Delete marks the Arx as deleted and records the event that change returns. Its keys read as deleted and
// fail verification at once (cached gates excepted); a job updates their items later. Delete returns
// problem.WrongState for the default, unless it is the tenant's only Arx.
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
			return table.ErrStale // the last Arx was deleted after this one was read
		case standing.ArxID != id:
			tx.Update(table.DefaultArx(tenant), hasDefault(standing.ArxID), table.Update{Add: map[string]int{live: -1}})
		case standing.Live > 1:
			return problem.New(problem.WrongState, arxes.DefaultStays)
		default:
			tx.DeleteWhere(table.DefaultArx(tenant), encodeDefault(tenant, standing).Without(table.PK, table.SK))
		}
		gatestore.PutArx(tx, is)
		parentstore.PutArx(tx, is)
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

// Get returns the tenant's Arx, including a deleted one, or problem.NotFound.
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
