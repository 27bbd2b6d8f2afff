package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
)

type handler struct {
	applications store
	requests     *requeststore.Requests
	now          func() time.Time
	random       io.Reader
}

type store interface {
	Create(context.Context, applications.Application, audit.Event, requeststore.Request) error
	Get(ctx context.Context, tenant, id string) (applications.Application, error)
}

// create registers an application. A repeated request returns the application as it is now.
func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateApplicationRequest) (api.Application, error) {
	now := h.now()
	request, err := requeststore.New(by, api.CreateApplication.Name, req.IdempotencyKey, req, now)
	if err != nil {
		return api.Application{}, err
	}
	return requeststore.Once(ctx, h.requests, request, func() (api.Application, error) {
		a, err := applications.New(by, req, now, h.random)
		if err != nil {
			return api.Application{}, err
		}
		e, err := audit.New(by, api.CreateApplication.Name, a.Resource(), a.Created(), "", now, h.random)
		if err != nil {
			return api.Application{}, err
		}
		if err := h.applications.Create(ctx, a, e, request); err != nil {
			return api.Application{}, err
		}
		return a.Response(by, api.KeyTotals{}), nil
	}, func(id string) (api.Application, error) {
		a, err := h.applications.Get(ctx, by.Tenant, id)
		answer := a.Response(by, api.KeyTotals{}) // as in the first response, when it had no keys
		answer.Replay = api.Again()
		return answer, err
	})
}
