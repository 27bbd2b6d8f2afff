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
	now    func() time.Time
	random io.Reader
}

type store interface {
	Create(context.Context, arxes.Arx, audit.Event) (arxes.Default, error)
}

func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateArxRequest) (api.Arx, error) {
	now := h.now()
	a, err := arxes.New(by, req, now, h.random)
	if err != nil {
		return api.Arx{}, err
	}
	e, err := audit.New(by, api.CreateArx.Name, a.Resource(), a.Created(), "", now, h.random)
	if err != nil {
		return api.Arx{}, err
	}
	standing, err := h.arxes.Create(ctx, a, e)
	if err != nil {
		return api.Arx{}, err
	}
	return a.Answer(by, standing, api.KeyTotals{}), nil
}
