// Package auditstore stores audit events.
package auditstore

import (
	"encoding/json"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const event = "event" // the event, as JSON

// Record adds the event to the transaction that makes the change. It writes two items: one in the history
// of the resource, one in the activity of the tenant.
func Record(tx *table.Transaction, tenant string, e audit.Event) error {
	items, err := Stored(tenant, e)
	for _, item := range items {
		tx.Put(item)
	}
	return err
}

// Stored returns all that has to lie in the table for an event.
func Stored(tenant string, e audit.Event) ([]table.Item, error) {
	encoded, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	item := table.NewItem(table.ResourceEvent(tenant, e.Resource.ID, e.ID))
	item.SetString(event, string(encoded))
	item.SetTTL(e.At.Add(audit.Retention))
	return []table.Item{item, item.At(table.TenantEvent(tenant, e.ID))}, nil
}

// Decode returns the event from its item.
func Decode(item table.Item) (audit.Event, error) {
	var e audit.Event
	if err := json.Unmarshal([]byte(item.String(event)), &e); err != nil {
		return audit.Event{}, fmt.Errorf("read event %s: %w", item.SortKey(), err)
	}
	return e, nil
}

// Events reads audit events.
type Events struct{ db *table.Table }

// New returns the store of the events in db.
func New(db *table.Table) *Events { return &Events{db} }
