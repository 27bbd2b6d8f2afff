// Package namestore reserves names: a tenant has a name once among its applications, and once among its Arxes. Names that
// differ only in case count as equal.
package namestore

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Kind is a kind of records that have names.
type Kind struct {
	many string // part of the items' keys
	one  string // within a sentence
}

// The kinds.
var (
	Applications = Kind{"applications", "application"}
	Arxes        = Kind{"arxes", "Arx"}
)

// Key returns the key of the item that reserves the name.
func (k Kind) Key(tenant, name string) table.Key { return table.Name(tenant, k.many, names.Key(name)) }

// Take reserves the name for the record with the id. The transaction fails with problem.NameTaken if another record
// has it.
func (k Kind) Take(tx *table.Transaction, tenant, name, id string) {
	item := table.NewItem(k.Key(tenant, name))
	item.SetString("id", id)
	tx.Insert(item, k.taken(name))
}

// Spelled returns err. If that is problem.NameTaken, it spells the name as the record does that has it, which nameOf
// reads.
func (k Kind) Spelled(ctx context.Context, db *table.Table, tenant, name string, err error, nameOf func(ctx context.Context, id string) (string, error)) error {
	if !problem.Is(err, problem.NameTaken) {
		return err
	}
	item, failed := db.Get(ctx, k.Key(tenant, name))
	if failed != nil || item == nil {
		return err
	}
	other, failed := nameOf(ctx, item.String("id"))
	if failed != nil {
		return err
	}
	return k.taken(other)
}

func (k Kind) taken(name string) error {
	return problem.New(problem.NameTaken, "Another "+k.one+" is called "+name+". Choose another name.")
}
