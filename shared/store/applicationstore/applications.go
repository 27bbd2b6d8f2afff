// Package applicationstore stores applications.
package applicationstore

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/parentstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// kind separates the names of applications from those of Arxes.
const kind = "applications"

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
	takeName(tx, a)
	tx.Insert(encode(a), fmt.Errorf("application %s already exists", a.ID))
	gatestore.PutApplication(tx, a)
	parentstore.PutApplication(tx, a)
	countstore.MoveApplication(tx, a.Tenant, "", a.Status)
	if err := auditstore.Record(tx, a.Tenant, e); err != nil {
		return err
	}
	if err := s.holder(ctx, a, s.db.Commit(ctx, tx)); err != nil {
		return fmt.Errorf("create application %s: %w", a.ID, err)
	}
	return nil
}

// takeName reserves the application's name.
func takeName(tx *table.Transaction, a applications.Application) {
	item := table.NewItem(nameOf(a))
	item.SetString("id", a.ID)
	tx.Insert(item, errTaken(a.Name))
}

// holder returns err or, if another application has the name, an error with that application's spelling of
// it: names that differ only in case count as equal.
func (s *Applications) holder(ctx context.Context, a applications.Application, err error) error {
	if !problem.Is(err, problem.NameTaken) {
		return err
	}
	item, failed := s.db.Get(ctx, nameOf(a))
	if failed != nil || item == nil {
		return err
	}
	other, failed := s.Get(ctx, a.Tenant, item.String("id"))
	if failed != nil {
		return err
	}
	return errTaken(other.Name)
}

func errTaken(name string) error {
	return problem.New(problem.NameTaken, "Another application is called "+name+". Choose another name.")
}

func nameOf(a applications.Application) table.Key {
	return table.Name(a.Tenant, kind, names.Key(a.Name))
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
	if err := s.holder(ctx, changed, err); err != nil {
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
		takeName(tx, is)
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
