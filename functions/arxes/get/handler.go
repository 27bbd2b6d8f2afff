package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/usage"
)

type handler struct {
	arxes  store
	counts counts
	uses   uses
	now    func() time.Time
}

type store interface {
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
	Default(ctx context.Context, tenant string) (arxes.Default, error)
}

type counts interface {
	KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

type uses interface {
	Summaries(ctx context.Context, now time.Time, ids ...string) (map[string]usage.Summary, error)
}

func (h handler) get(ctx context.Context, by auth.Principal, req api.ArxID) (api.Arx, error) {
	a, err := h.arxes.Get(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Arx{}, err
	}
	standing, err := h.arxes.Default(ctx, by.Tenant)
	if err != nil {
		return api.Arx{}, err
	}
	now := h.now()
	keys, err := h.counts.KeysByArx(ctx, by.Tenant, a.ID, a.ID, now)
	if err != nil {
		return api.Arx{}, err
	}
	used, err := h.uses.Summaries(ctx, now, a.ID)
	if err != nil {
		return api.Arx{}, err
	}
	answer := a.Response(by, standing, keys[a.ID])
	answer.Use = new(used[a.ID].Response(now))
	return answer, nil
}
