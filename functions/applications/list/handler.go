package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

type handler struct {
	applications store
	counts       counts
	uses         catalog.Uses
	now          func() time.Time
}

type store interface {
	List(ctx context.Context, tenant string, req api.ListApplicationsRequest) (table.ListPage[applications.Application], error)
}

type counts interface {
	Applications(ctx context.Context, tenant string) (api.ApplicationTotals, error)
	KeysByApplication(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

func (h handler) list(ctx context.Context, by auth.Principal, req api.ListApplicationsRequest) (api.ApplicationList, error) {
	page, err := h.applications.List(ctx, by.Tenant, req)
	if err != nil {
		return api.ApplicationList{}, err
	}
	totals, err := h.counts.Applications(ctx, by.Tenant)
	if err != nil {
		return api.ApplicationList{}, err
	}
	list := api.ApplicationList{NextCursor: page.Next, Scanned: page.Scanned, Totals: totals, Permits: lifecycle.Single(by, lifecycle.Create, api.CreateApplication.Permission)}
	// Totals are returned even for an empty page; figures need at least one id.
	if len(page.Rows) == 0 {
		return list, nil
	}
	ids := make([]string, len(page.Rows))
	for i, a := range page.Rows {
		ids[i] = a.ID
	}
	figures, err := catalog.FiguresOf(ctx, h.counts.KeysByApplication, h.uses, by.Tenant, h.now(), ids...)
	if err != nil {
		return api.ApplicationList{}, err
	}
	for _, a := range page.Rows {
		answer := a.Response(by, figures.Keys[a.ID])
		answer.Use = figures.Use(a.ID)
		list.Items = append(list.Items, answer)
	}
	return list, nil
}
