// Package applicationstore stores applications.
package applicationstore

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
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

// Applications reads and writes the applications in the table.
type Applications struct{ db *table.Table }

// New returns the store of the applications in db.
func New(db *table.Table) *Applications { return &Applications{db} }

// Create stores a new application, its audit event and its idempotent request in one transaction. It
// returns problem.NameTaken if another application of the tenant has the name.
func (s *Applications) Create(ctx context.Context, a applications.Application, e audit.Event, r requeststore.Request) error {
	a.LastEvent = e.Hash
	tx := new(table.Transaction)
	r.Record(tx, a.ID)
	namestore.Applications.Take(tx, a.Tenant, a.Name, a.ID)
	tx.Insert(encode(a), fmt.Errorf("application %s already exists", a.ID))
	gatestore.PutApplication(tx, a)
	parentstore.PutApplication(tx, a)
	countstore.MoveApplication(tx, a.Tenant, "", a.Status)
	if err := auditstore.Record(tx, a.Tenant, e); err != nil {
		return err
	}
	if err := s.spelled(ctx, a, s.db.Commit(ctx, tx)); err != nil {
		return fmt.Errorf("create application %s: %w", a.ID, err)
	}
	return nil
}

// spelled returns err, in which a name that is taken is spelled as its holder spells it.
func (s *Applications) spelled(ctx context.Context, a applications.Application, err error) error {
	return namestore.Applications.Spelled(ctx, s.db, a.Tenant, a.Name, err, func(ctx context.Context, id string) (string, error) {
		other, err := s.Get(ctx, a.Tenant, id)
		return other.Name, err
	})
}

func nameOf(a applications.Application) table.Key {
	return namestore.Applications.Key(a.Tenant, a.Name)
}

// Change replaces the tenant's application by the one that change returns, and records the event. It calls
// change again if the application was changed concurrently. It returns problem.NameTaken if another
// application has the new name.
func (s *Applications) Change(ctx context.Context, tenant, id string, change func(was applications.Application) (applications.Application, audit.Event, error)) (applications.Application, error) {
	var changed applications.Application
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
		moveName(tx, was, is)
		gatestore.PutApplication(tx, is)
		parentstore.PutApplication(tx, is)
		if was.Status != is.Status {
			countstore.MoveApplication(tx, tenant, was.Status, is.Status)
		}
		if err := auditstore.Record(tx, tenant, e); err != nil {
			return err
		}
		changed = is
		return s.db.Commit(ctx, tx)
	})
	if err := s.spelled(ctx, changed, err); err != nil {
		return applications.Application{}, fmt.Errorf("change application %s: %w", id, err)
	}
	return changed, nil
}

// moveName releases the old name and reserves the new one. An archived application holds no name.
func moveName(tx *table.Transaction, was, is applications.Application) {
	if was.HoldsName() && is.HoldsName() && nameOf(was) == nameOf(is) {
		return
	}
	if was.HoldsName() {
		tx.Delete(nameOf(was))
	}
	if is.HoldsName() {
		namestore.Applications.Take(tx, is.Tenant, is.Name, is.ID)
	}
}

// Get returns the tenant's application, or problem.NotFound.
func (s *Applications) Get(ctx context.Context, tenant, id string) (applications.Application, error) {
	if !api.ValidID(api.ApplicationPrefix, id) {
		return applications.Application{}, errNotFound
	}
	item, err := s.db.Get(ctx, table.Application(tenant, id))
	switch {
	case err != nil:
		return applications.Application{}, fmt.Errorf("get application %s: %w", id, err)
	case item == nil:
		return applications.Application{}, errNotFound
	}
	return Decode(tenant, item), nil
}

var errNotFound = problem.New(problem.NotFound, "There is no such application.")
