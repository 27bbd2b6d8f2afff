package main

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

type handler struct{ events store }

type store interface {
	List(ctx context.Context, tenant string, req api.ListEventsRequest) (table.ListPage[audit.Event], error)
}

// list returns the history of one resource to callers who manage keys. The activity of the whole tenant,
// and the history of management keys, require the permission to read activity.
func (h handler) list(ctx context.Context, by auth.Principal, req api.ListEventsRequest) (api.AuditEvents, error) {
	if (req.ResourceID == "" || req.OfManagementKey()) && !by.May(api.ReadActivity) {
		return api.AuditEvents{}, problem.New(problem.Forbidden, auth.Refusal(api.ReadActivity)+" Ask for the history of one application, Arx or API key instead.")
	}
	found, err := h.events.List(ctx, by.Tenant, req)
	if err != nil {
		return api.AuditEvents{}, err
	}
	page := api.AuditEvents{NextCursor: found.Next, Scanned: found.Scanned}
	for _, e := range found.Rows {
		answer, err := e.Response()
		if err != nil {
			return api.AuditEvents{}, err
		}
		page.Items = append(page.Items, answer)
	}
	return page, nil
}
