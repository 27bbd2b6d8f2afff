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
	SetDefault(ctx context.Context, tenant, id string, change func(arxes.Arx, arxes.Default) (arxes.Arx, audit.Event, error)) (arxes.Arx, arxes.Default, error)
}

type counts interface {
	KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

func (h handler) setDefault(ctx context.Context, by auth.Principal, req api.ArxID) (api.Arx, error) {
	now := h.now()
	// Read before, because nothing that is read after the change may fail the answer to it.
	keys, err := h.counts.KeysByArx(ctx, by.Tenant, req.ID, req.ID, now)
	if err != nil {
		return api.Arx{}, err
	}
	a, standing, err := h.arxes.SetDefault(ctx, by.Tenant, req.ID, arxes.Succession(by, now, h.random))
	if err != nil {
		return api.Arx{}, err
	}
	return a.Response(by, standing, keys[a.ID]), nil
}
