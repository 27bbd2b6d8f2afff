package auditstore

import (
	"context"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns a page of the events of the tenant, or of the resource that the request names, newest first.
// It returns problem.InvalidField for a cursor of another tenant or filter.
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

// stretch returns the range of the requested events before position. Event ids sort by time.
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
		r = r.Before(position) // always before To
	}
	return r
}
