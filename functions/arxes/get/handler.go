package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/functions/internal/catalog"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
)

type handler struct {
	arxes  store
	counts counts
	uses   catalog.Uses
	now    func() time.Time
}

type store interface {
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
	Default(ctx context.Context, tenant string) (arxes.Default, error)
}

type counts interface {
	KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

// get returns the Arx with the counts of its keys and their use. A deleted Arx is returned until it is
// purged.
func (h handler) get(ctx context.Context, by auth.Principal, req api.ArxID) (api.Arx, error) {
	a, err := h.arxes.Get(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Arx{}, err
	}
	standing, err := h.arxes.Default(ctx, by.Tenant)
	if err != nil {
		return api.Arx{}, err
	}
	figures, err := catalog.FiguresOf(ctx, h.counts.KeysByArx, h.uses, by.Tenant, h.now(), a.ID)
	if err != nil {
		return api.Arx{}, err
	}
	answer := a.Response(by, standing, figures.Keys[a.ID])
	answer.Use = figures.Use(a.ID)
	return answer, nil
}
