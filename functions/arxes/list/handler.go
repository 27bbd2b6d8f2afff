package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

type handler struct {
	arxes  store
	counts counts
	uses   catalog.Uses
	now    func() time.Time
}

type store interface {
	List(ctx context.Context, tenant string, req api.ListArxesRequest) (table.ListPage[arxes.Arx], error)
	Default(ctx context.Context, tenant string) (arxes.Default, error)
}

type counts interface {
	Arxes(ctx context.Context, tenant string) (api.ArxTotals, error)
	KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

func (h handler) list(ctx context.Context, by auth.Principal, req api.ListArxesRequest) (api.ArxList, error) {
	page, err := h.arxes.List(ctx, by.Tenant, req)
	if err != nil {
		return api.ArxList{}, err
	}
	totals, err := h.counts.Arxes(ctx, by.Tenant)
	if err != nil {
		return api.ArxList{}, err
	}
	list := api.ArxList{NextCursor: page.Next, Scanned: page.Scanned, Totals: totals, Permits: lifecycle.Single(by, lifecycle.Create, api.CreateArx.Permission)}
	// Totals are returned even for an empty page; figures need at least one id.
	if len(page.Rows) == 0 {
		return list, nil
	}
	standing, err := h.arxes.Default(ctx, by.Tenant)
	if err != nil {
		return api.ArxList{}, err
	}
	ids := make([]string, len(page.Rows))
	for i, a := range page.Rows {
		ids[i] = a.ID
	}
	figures, err := catalog.FiguresOf(ctx, h.counts.KeysByArx, h.uses, by.Tenant, h.now(), ids...)
	if err != nil {
		return api.ArxList{}, err
	}
	for _, a := range page.Rows {
		answer := a.Response(by, standing, figures.Keys[a.ID])
		answer.Use = figures.Use(a.ID)
		list.Items = append(list.Items, answer)
	}
	return list, nil
}
