package arxstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Grace is how long after its deletion an Arx's keys are told as deleted whatever their rows say.
// A key is created by whoever has read that its Arx is active, and may be written after the Arx was
// deleted: as late as the request ends, which a function's timeout bounds far below this.
const Grace = 10 * time.Minute

// Settlement is a deleted Arx whose keys' rows may not show it.
type Settlement struct {
	Tenant    string
	ArxID     string
	DeletedAt time.Time
	By        auth.Principal // who deleted it; without a role
}

// The attributes of a settlement's item.
const (
	deletedAt = "deleted_at"
	deletedBy = "deleted_by"
	from      = "from"
	requestID = "request_id"
)

// encodeSettlement returns the item of the Arx that the event deletes.
func encodeSettlement(tenant, arxID string, at time.Time, e audit.Event) table.Item {
	item := table.NewItem(table.Settling(tenant, arxID))
	item.SetTime(deletedAt, at)
	item.SetBy(deletedBy, e.Principal)
	item.SetString(from, e.From)
	item.SetString(requestID, e.RequestID)
	item.SetDue(table.Settlement, arxID, at)
	return item
}

func decodeSettlement(item table.Item) Settlement {
	by := item.By(deletedBy)
	tenant := item.Key().Tenant()
	return Settlement{
		Tenant: tenant, ArxID: item.Key().ID(), DeletedAt: item.Time(deletedAt),
		By: auth.Principal{
			Kind: by.Kind, ID: by.ID, Name: by.Name, Tenant: tenant, From: item.String(from), RequestID: item.String(requestID),
		},
	}
}

// Settlements goes through the deleted Arxes of all tenants whose keys are to be settled by now. It
// ends with the first error.
func (s *Arxes) Settlements(ctx context.Context, now time.Time) iter.Seq2[Settlement, error] {
	return func(yield func(Settlement, error) bool) {
		for at, err := range s.db.Due(ctx, table.Settlement, now) {
			var item table.Item
			if err == nil {
				item, err = s.db.Get(ctx, at)
			}
			if err != nil {
				yield(Settlement{}, err)
				return
			}
			if item != nil && !yield(decodeSettlement(item), nil) {
				return
			}
		}
	}
}

// Settled notes that all keys which had a row at that time are settled. Within the grace they are to
// be settled again when it ends; after it, readers need not be told any more that the Arx is deleted.
func (s *Arxes) Settled(ctx context.Context, of Settlement, began time.Time) error {
	at := table.Settling(of.Tenant, of.ArxID)
	has := table.Item{}
	has.SetTime(deletedAt, of.DeletedAt)
	tx := new(table.Transaction)
	if end := of.DeletedAt.Add(Grace); began.Before(end) {
		again := table.Item{}
		again.SetDue(table.Settlement, of.ArxID, end)
		tx.Update(at, has, table.Update{Set: again})
	} else {
		tx.DeleteWhere(at, has)
	}
	if err := s.db.Commit(ctx, tx); err != nil && !errors.Is(err, table.ErrStale) { // stale: another run was here
		return fmt.Errorf("note that %s is settled: %w", of.ArxID, err)
	}
	return nil
}
