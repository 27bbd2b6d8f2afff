package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
)

type handler struct {
	keys store
	now  func() time.Time
}

type store interface {
	Get(ctx context.Context, tenant, id string) (keys.Key, error)
	Parents(ctx context.Context, tenant string, rows ...keys.Row) ([]keys.Parents, error)
}

func (h handler) get(ctx context.Context, by auth.Principal, req api.KeyID) (api.Key, error) {
	k, err := h.keys.Get(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Key{}, err
	}
	parents, err := h.keys.Parents(ctx, by.Tenant, k.Row)
	if err != nil {
		return api.Key{}, err
	}
	return k.Answer(by, parents[0], h.now()), nil
}
