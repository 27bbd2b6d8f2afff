// Package auditstore keeps audit events.
package auditstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const event = "event" // the event, as JSON

// Record writes the event as part of the transaction that makes the change: once into the history
// of its resource, and once into the activity of its tenant.
func Record(tx *table.Transaction, tenant string, e audit.Event) error {
	encoded, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	item := table.NewItem(table.ResourceEvent(tenant, e.Resource.ID, e.ID))
	item.SetString(event, string(encoded))
	item.SetInt(table.TTL, int(e.At.Add(audit.Retention).Unix()))
	tx.Put(item)
	tx.Put(item.At(table.TenantEvent(tenant, e.ID)))
	return nil
}

// Decode returns the event that the item holds.
func Decode(item table.Item) (audit.Event, error) {
	var e audit.Event
	if err := json.Unmarshal([]byte(item.String(event)), &e); err != nil {
		return audit.Event{}, fmt.Errorf("read event %s: %w", item.SortKey(), err)
	}
	return e, nil
}

// Events reads audit events.
type Events struct{ db *table.Table }

// New returns the events that lie in the table.
func New(db *table.Table) *Events { return &Events{db} }

// List returns events of the tenant, or of the one resource that the request names, newest first, and
// the cursor of the next page, nil on the last. A cursor of another tenant or filter is
// problem.InvalidField.
func (s *Events) List(ctx context.Context, tenant string, req api.ListEventsRequest) ([]audit.Event, *string, error) {
	list := []string{
		api.ListEvents.Name, tenant, req.ResourceID, req.PrincipalID, req.Action, req.From.UTC().String(), req.To.UTC().String(),
	}
	position, err := table.Position(req.Cursor, api.EventPrefix, list...)
	if err != nil {
		return nil, nil, err
	}
	var found []audit.Event
	for item, err := range s.db.Rows(ctx, stretch(tenant, req, position), req.Items()+1) {
		switch {
		case problem.Is(err, problem.InvalidField):
			return nil, nil, errTooMany
		case err != nil:
			return nil, nil, fmt.Errorf("list events: %w", err)
		}
		e, err := Decode(item)
		if err != nil {
			return nil, nil, err
		}
		if req.PrincipalID != "" && e.Principal.ID != req.PrincipalID || req.Action != "" && e.Action != req.Action {
			continue
		}
		if len(found) == req.Items() {
			next := table.Cursor(found[len(found)-1].ID, list...)
			return found, &next, nil
		}
		found = append(found, e)
	}
	return found, nil, nil
}

var errTooMany = problem.Invalid(problem.Field{
	Field: "from", Code: "too_many", Detail: "filters go through at most 50,000 events. Ask for a shorter time, by from and to.",
})

// stretch is where the events of the request lie, in front of the position. Their ids sort by time.
func stretch(tenant string, req api.ListEventsRequest, position string) table.Range {
	at := table.TenantEvent(tenant, "")
	if req.ResourceID != "" {
		at = table.ResourceEvent(tenant, req.ResourceID, "")
	}
	r := table.Partition(at)
	r.Backward = true
	if !req.From.IsZero() {
		r.From = ids.Earliest(api.EventPrefix, req.From)
	}
	if !req.To.IsZero() {
		r = r.Before(ids.Earliest(api.EventPrefix, req.To))
	}
	if position != "" {
		r = r.Before(position) // which lies in front of To
	}
	return r
}
