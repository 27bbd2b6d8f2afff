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
	counts       counts
	now          func() time.Time
	random       io.Reader
}

type store interface {
	Change(ctx context.Context, tenant, id string, change func(applications.Application) (applications.Application, audit.Event, error)) (applications.Application, error)
}

type counts interface {
	KeysByApplication(ctx context.Context, tenant, from, to string, now time.Time) (map[string]api.KeyTotals, error)
}

func (h handler) update(ctx context.Context, by auth.Principal, req api.UpdateApplicationRequest) (api.Application, error) {
	now := h.now()
	// Read before, because nothing that is read after the change may fail the answer to it.
	keys, err := h.counts.KeysByApplication(ctx, by.Tenant, req.ID, req.ID, now)
	if err != nil {
		return api.Application{}, err
	}
	a, err := h.applications.Change(ctx, by.Tenant, req.ID, func(was applications.Application) (applications.Application, audit.Event, error) {
		if err := req.Match(was.ETag()); err != nil {
			return was, audit.Event{}, err
		}
		is, err := was.Update(by, req, now)
		if err != nil {
			return is, audit.Event{}, err
		}
		e, err := audit.New(by, api.UpdateApplication.Name, is.Resource(), is.Since(was), was.LastEvent, is.UpdatedAt, h.random)
		return is, e, err
	})
	if err != nil {
		return api.Application{}, err
	}
	return a.Response(by, keys[a.ID]), nil
}
