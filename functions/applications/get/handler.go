package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/auth"
)

type handler struct {
	applications store
	counts       counts
	now          func() time.Time
}

type store interface {
	Get(ctx context.Context, tenant, id string) (applications.Application, error)
}

type counts interface {
	KeysByApplication(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

func (h handler) get(ctx context.Context, by auth.Principal, req api.ApplicationID) (api.Application, error) {
	a, err := h.applications.Get(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Application{}, err
	}
	keys, err := h.counts.KeysByApplication(ctx, by.Tenant, a.ID, a.ID, h.now())
	if err != nil {
		return api.Application{}, err
	}
	return a.Answer(by, keys[a.ID]), nil
}
