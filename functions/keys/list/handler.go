package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
)

type handler struct {
	keys store
	now  func() time.Time
}

type store interface {
	Page(ctx context.Context, tenant string, req api.ListKeysRequest, now time.Time) (keystore.Page, error)
}

// list returns a page of keys. Their status is computed for one time, so that items and totals agree.
func (h handler) list(ctx context.Context, by auth.Principal, req api.ListKeysRequest) (api.KeyList, error) {
	now := h.now()
	page, err := h.keys.Page(ctx, by.Tenant, req, now)
	if err != nil {
		return api.KeyList{}, err
	}
	list := api.KeyList{
		NextCursor: page.Next, Scanned: page.Scanned, Totals: page.Totals,
		Permits: lifecycle.Single(by, lifecycle.Create, api.CreateKey.Permission),
	}
	for i, row := range page.Rows {
		list.Items = append(list.Items, row.Summary(by, page.Details[i], now))
	}
	return list, nil
}
