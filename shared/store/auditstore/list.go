package auditstore

import (
	"context"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns events of the tenant, or of the one resource that the request names, newest first, and
// the cursor of the next page, nil on the last. A cursor of another tenant or filter is
// problem.InvalidField.
func (s *Events) List(ctx context.Context, tenant string, req api.ListEventsRequest) ([]audit.Event, *string, error) {
	return table.List[audit.Event]{
		Prefix: api.EventPrefix, Page: api.Page{Limit: req.Limit, Cursor: req.Cursor},
		Words: []string{
			api.ListEvents.Name, tenant, req.ResourceID, req.PrincipalID, req.Action, req.From.UTC().String(), req.To.UTC().String(),
		},
		Rows: func(position string, _ bool, expected int) iter.Seq2[audit.Event, error] {
			return found(s.db.Rows(ctx, stretch(tenant, req, position), expected), req)
		},
		ID: func(e audit.Event) string { return e.ID },
	}.Read()
}

// found goes through the events of the items that the request wants. It ends with the first error.
func found(items iter.Seq2[table.Item, error], req api.ListEventsRequest) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for item, err := range items {
			var e audit.Event
			if problem.Is(err, problem.InvalidField) {
				err = errTooMany
			}
			if err == nil {
				e, err = Decode(item)
			}
			wanted := (req.PrincipalID == "" || e.Principal.ID == req.PrincipalID) && (req.Action == "" || e.Action == req.Action)
			if (err != nil || wanted) && !yield(e, err) || err != nil {
				return
			}
		}
	}
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
