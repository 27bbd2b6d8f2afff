package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
)

type handler struct {
	arxes  store
	counts counts
	now    func() time.Time
	random io.Reader
}

type store interface {
	Change(ctx context.Context, tenant, id string, change func(arxes.Arx) (arxes.Arx, audit.Event, error)) (arxes.Arx, error)
	Default(ctx context.Context, tenant string) (arxes.Default, error)
}

type counts interface {
	KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

func (h handler) disable(ctx context.Context, by auth.Principal, req api.ArxID) (api.Arx, error) {
	now := h.now()
	// Read before, because nothing that is read after the change may fail the answer to it.
	keys, err := h.counts.KeysByArx(ctx, by.Tenant, req.ID, req.ID, now)
	if err != nil {
		return api.Arx{}, err
	}
	standing, err := h.arxes.Default(ctx, by.Tenant)
	if err != nil {
		return api.Arx{}, err
	}
	a, err := h.arxes.Change(ctx, by.Tenant, req.ID, arxes.Transition(by, "disable", now, h.random))
	if err != nil {
		return api.Arx{}, err
	}
	return a.Response(by, standing, keys[a.ID]), nil
}
