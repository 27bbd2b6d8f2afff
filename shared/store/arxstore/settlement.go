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

// Grace is how long after an Arx's deletion its keys read as deleted whatever their items say. A request
// that read the Arx while it was active may still write a key after the deletion. A function's timeout
// bounds that delay far below Grace.
const Grace = 10 * time.Minute

// Settlement is a deleted Arx whose keys' items may not show the deletion yet.
type Settlement struct {
	Tenant    string
	ArxID     string
	DeletedAt time.Time
	By        auth.Principal // who deleted it; Role is not set
}

// Attributes of a settlement's item.
const (
	deletedAt = "deleted_at"
	deletedBy = "deleted_by"
	from      = "from"
	requestID = "request_id"
)

// encodeSettlement returns the settlement's item for the Arx that the event deletes.
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

// Settlements iterates over the deleted Arxes of all tenants whose keys are due to be settled. It stops at
// the first error.
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

// Settled records that every key that existed at began is settled. Within Grace it schedules another run
// for the end of Grace; after that it removes the settlement, and readers stop treating the keys as deleted
// because of their Arx.
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
	if err := s.db.Commit(ctx, tx); err != nil && !errors.Is(err, table.ErrStale) { // stale: another run settled it
		return fmt.Errorf("record that %s is settled: %w", of.ArxID, err)
	}
	return nil
}
