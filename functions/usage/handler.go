package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/usage"
)

type handler struct {
	applications applicationStore
	arxes        arxStore
	uses         uses
	now          func() time.Time
}

type applicationStore interface {
	Get(ctx context.Context, tenant, id string) (applications.Application, error)
}

type arxStore interface {
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
}

type uses interface {
	Hours(ctx context.Context, of usage.Subject, r usage.Range) (usage.Hours, error)
	Busiest(ctx context.Context, tenant, prefix string, now time.Time, limit int) ([]string, error)
}

// get returns the usage of the tenant, or of the application or Arx in the request.
func (h handler) get(ctx context.Context, by auth.Principal, req api.UsageRequest) (api.UsageReport, error) {
	now := h.now()
	r, err := usage.RangeOf(req.UsageRange, now)
	if err != nil {
		return api.UsageReport{}, err
	}
	of, err := h.subject(ctx, by.Tenant, req)
	if err != nil {
		return api.UsageReport{}, err
	}
	hours, err := h.uses.Hours(ctx, of, r)
	if err != nil {
		return api.UsageReport{}, err
	}
	report := api.UsageReport{Usage: r.Chart(hours)}
	if req.Busiest > 0 {
		report.Busiest, err = h.busiest(ctx, by.Tenant, req, r, now)
	}
	return report, err
}

// subject returns the subject of the requested figures. It returns problem.NotFound for an application or
// an Arx of another tenant: figures are stored by id and have no tenant.
func (h handler) subject(ctx context.Context, tenant string, req api.UsageRequest) (usage.Subject, error) {
	if req.ApplicationID != "" {
		if _, err := h.applications.Get(ctx, tenant, req.ApplicationID); err != nil {
			return usage.Subject{}, err
		}
	}
	if req.ArxID != "" {
		if _, err := h.arxes.Get(ctx, tenant, req.ArxID); err != nil {
			return usage.Subject{}, err
		}
	}
	switch {
	case req.ApplicationID != "":
		return usage.Subject{ID: req.ApplicationID, ArxID: req.ArxID}, nil
	case req.ArxID != "":
		return usage.Of(req.ArxID), nil
	}
	return usage.Of(tenant), nil
}
