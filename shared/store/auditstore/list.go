package auditstore

import (
	"context"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns events of the tenant, or of the one resource that the request names, newest first. A cursor of another
// tenant or filter is problem.InvalidField.
func (s *Events) List(ctx context.Context, tenant string, req api.ListEventsRequest) (table.ListPage[audit.Event], error) {
	return table.List[audit.Event]{
		Prefix: api.EventPrefix, Page: api.Page{Limit: req.Limit, Cursor: req.Cursor},
		Words: []string{
			api.ListEvents.Name, tenant, req.ResourceID, req.PrincipalID, req.Action, req.From.UTC().String(), req.To.UTC().String(),
		},
		Rows: func(position string, _ bool, expected int) iter.Seq2[audit.Event, error] {
			return table.Decoded(s.db.Rows(ctx, stretch(tenant, req, position), expected), Decode)
		},
		Wanted: func(e audit.Event) bool {
			return (req.PrincipalID == "" || e.Principal.ID == req.PrincipalID) && (req.Action == "" || e.Action == req.Action)
		},
		ID: func(e audit.Event) string { return e.ID },
	}.Read()
}

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
