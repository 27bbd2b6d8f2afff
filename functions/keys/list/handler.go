package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
)

type handler struct {
	keys   store
	counts counts
	now    func() time.Time
}

type store interface {
	List(ctx context.Context, tenant string, req api.ListKeysRequest, now time.Time) ([]keys.Row, *string, error)
	Details(ctx context.Context, tenant string, rows ...keys.Row) ([]keys.Details, error)
}

type counts interface {
	Keys(ctx context.Context, tenant string, now time.Time) (api.KeyTotals, error)
}

func (h handler) list(ctx context.Context, by auth.Principal, req api.ListKeysRequest) (api.KeyList, error) {
	now := h.now()
	rows, next, err := h.keys.List(ctx, by.Tenant, req, now)
	if err != nil {
		return api.KeyList{}, err
	}
	totals, err := h.counts.Keys(ctx, by.Tenant, now)
	if err != nil {
		return api.KeyList{}, err
	}
	details, err := h.keys.Details(ctx, by.Tenant, rows...)
	if err != nil {
		return api.KeyList{}, err
	}
	list := api.KeyList{NextCursor: next, Totals: totals, Permits: lifecycle.Single(by, lifecycle.Create, api.CreateKey.Permission)}
	for i, row := range rows {
		list.Items = append(list.Items, row.Summary(by, details[i], now))
	}
	return list, nil
}
