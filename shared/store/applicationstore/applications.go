// Package applicationstore keeps applications.
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
	"github.com/arxkeys/arxkeys/shared/store/inactivestore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// kind separates the names of applications from those of Arxes.
const kind = "applications"

// Applications is where applications are kept.
type Applications struct{ db *table.Table }

// New returns the applications that lie in the table.
func New(db *table.Table) *Applications { return &Applications{db} }

// Create keeps a new application, with the event and the request that asked for it. A name that
// another one of the tenant has is problem.NameTaken.
func (s *Applications) Create(ctx context.Context, a applications.Application, e audit.Event, r requeststore.Request) error {
	a.LastEvent = e.Hash
	tx := new(table.Transaction)
	r.Record(tx, a.ID)
	takeName(tx, a)
	tx.Insert(encode(a), fmt.Errorf("application %s is there already", a.ID))
	gatestore.PutApplication(tx, a)
	countstore.MoveApplication(tx, a.Tenant, "", a.Status)
	if err := auditstore.Record(tx, a.Tenant, e); err != nil {
		return err
	}
	if err := s.db.Commit(ctx, tx); err != nil {
		return fmt.Errorf("create application %s: %w", a.ID, err)
	}
	return nil
}

// takeName makes the application's name its own.
func takeName(tx *table.Transaction, a applications.Application) {
	item := table.NewItem(nameOf(a))
	item.SetString("id", a.ID)
	tx.Insert(item, problem.New(problem.NameTaken, "Another application is called "+a.Name+". Choose another name."))
}

func nameOf(a applications.Application) table.Key {
	return table.Name(a.Tenant, kind, names.Key(a.Name))
}

// Change makes of the tenant's application what change returns for it, with the event. Where
// somebody else changes it meanwhile, change is asked again. A name that another one has is
// problem.NameTaken.
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
		inactivestore.PutApplication(tx, is)
		if was.Status != is.Status {
			countstore.MoveApplication(tx, tenant, was.Status, is.Status)
		}
		if err := auditstore.Record(tx, tenant, e); err != nil {
			return err
		}
		changed = is
		return s.db.Commit(ctx, tx)
	})
	if err != nil {
		return applications.Application{}, fmt.Errorf("change application %s: %w", id, err)
	}
	return changed, nil
}

// moveName gives up the name that the application had and takes the one that it has now. An
// archived application holds none.
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

// Get returns the tenant's application. One that is not there is problem.NotFound.
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
