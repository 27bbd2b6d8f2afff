package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/auth"
)

type handler struct {
	applications store
	counts       counts
	uses         catalog.Uses
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
	figures, err := catalog.FiguresOf(ctx, h.counts.KeysByApplication, h.uses, by.Tenant, h.now(), a.ID)
	if err != nil {
		return api.Application{}, err
	}
	answer := a.Response(by, figures.Keys[a.ID])
	answer.Use = figures.Use(a.ID)
	return answer, nil
}
