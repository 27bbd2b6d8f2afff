package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
)

type handler struct {
	managementKeys store
	now            func() time.Time
}

type store interface {
	List(ctx context.Context, tenant string, req api.ListManagementKeysRequest, now time.Time) ([]managementkeys.ManagementKey, api.ManagementKeyTotals, *string, error)
}

func (h handler) list(ctx context.Context, by auth.Principal, req api.ListManagementKeysRequest) (api.ManagementKeyList, error) {
	now := h.now()
	found, totals, next, err := h.managementKeys.List(ctx, by.Tenant, req, now)
	if err != nil {
		return api.ManagementKeyList{}, err
	}
	list := api.ManagementKeyList{NextCursor: next, Totals: totals, Permits: lifecycle.Single(by, lifecycle.Create, api.CreateManagementKey.Permission)}
	for _, m := range found {
		list.Items = append(list.Items, m.Response(by, m.Status(now)))
	}
	return list, nil
}
