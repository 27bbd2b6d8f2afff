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
	counts counts // read before the change: if it failed afterwards, a completed change would return an error
	now    func() time.Time
	random io.Reader
}

type store interface {
	SetDefault(ctx context.Context, tenant, id string, change func(arxes.Arx, arxes.Default) (arxes.Arx, audit.Event, error)) (arxes.Arx, arxes.Default, error)
}

type counts interface {
	KeysByArx(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

func (h handler) setDefault(ctx context.Context, by auth.Principal, req api.Target) (api.Arx, error) {
	id, seen := req.On()
	now := h.now()
	keys, err := h.counts.KeysByArx(ctx, by.Tenant, id, id, now)
	if err != nil {
		return api.Arx{}, err
	}
	a, standing, err := h.arxes.SetDefault(ctx, by.Tenant, id, arxes.Succession(by, seen, now, h.random))
	if err != nil {
		return api.Arx{}, err
	}
	res := a.Response(by, standing, keys[id])
	res.Effect = api.EffectAfter(h.now(), 0) // no cache holds the default
	return res, nil
}
