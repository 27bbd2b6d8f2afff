package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
)

type handler struct {
	applications store
	now          func() time.Time
	random       io.Reader
}

type store interface {
	Create(context.Context, applications.Application, audit.Event) error
}

func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateApplicationRequest) (api.Application, error) {
	now := h.now()
	a, err := applications.New(by, req, now, h.random)
	if err != nil {
		return api.Application{}, err
	}
	e, err := audit.New(by, api.CreateApplication.Name, a.Resource(), a.Created(), "", now, h.random)
	if err != nil {
		return api.Application{}, err
	}
	if err := h.applications.Create(ctx, a, e); err != nil {
		return api.Application{}, err
	}
	return a.Answer(by, api.KeyTotals{}), nil
}
