package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
)

type handler struct {
	arxes    store
	requests *requeststore.Requests
	now      func() time.Time
	random   io.Reader
}

type store interface {
	Create(context.Context, arxes.Arx, audit.Event, requeststore.Request) (arxes.Default, error)
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
	Default(ctx context.Context, tenant string) (arxes.Default, error)
}

// create registers an Arx. The tenant's first one becomes the default. A repeated request returns the Arx
// as it is now.
func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateArxRequest) (api.Arx, error) {
	now := h.now()
	request, err := requeststore.New(by, api.CreateArx.Name, req.IdempotencyKey, req, now)
	if err != nil {
		return api.Arx{}, err
	}
	return requeststore.Once(ctx, h.requests, request, func() (api.Arx, error) {
		a, err := arxes.New(by, req, now, h.random)
		if err != nil {
			return api.Arx{}, err
		}
		e, err := audit.New(by, api.CreateArx.Name, a.Resource(), a.Created(), "", now, h.random)
		if err != nil {
			return api.Arx{}, err
		}
		standing, err := h.arxes.Create(ctx, a, e, request)
		if err != nil {
			return api.Arx{}, err
		}
		return a.Response(by, standing, api.KeyTotals{}), nil
	}, func(id string) (api.Arx, error) {
		a, err := h.arxes.Get(ctx, by.Tenant, id)
		if err != nil {
			return api.Arx{}, err
		}
		standing, err := h.arxes.Default(ctx, by.Tenant)
		answer := a.Response(by, standing, api.KeyTotals{}) // as in the first response, when it had no keys
		answer.Replay = api.Again()
		return answer, err
	})
}
