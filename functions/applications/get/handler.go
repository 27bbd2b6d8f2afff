package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/usage"
)

type handler struct {
	applications store
	counts       counts
	uses         uses
	now          func() time.Time
}

type store interface {
	Get(ctx context.Context, tenant, id string) (applications.Application, error)
}

type counts interface {
	KeysByApplication(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

type uses interface {
	Summaries(ctx context.Context, now time.Time, ids ...string) (map[string]usage.Summary, error)
}

func (h handler) get(ctx context.Context, by auth.Principal, req api.ApplicationID) (api.Application, error) {
	a, err := h.applications.Get(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Application{}, err
	}
	now := h.now()
	keys, err := h.counts.KeysByApplication(ctx, by.Tenant, a.ID, a.ID, now)
	if err != nil {
		return api.Application{}, err
	}
	used, err := h.uses.Summaries(ctx, now, a.ID)
	if err != nil {
		return api.Application{}, err
	}
	answer := a.Response(by, keys[a.ID])
	answer.Use = new(used[a.ID].Response(now))
	return answer, nil
}
