package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/usage"
)

type handler struct {
	keys store
	uses uses
	now  func() time.Time
}

type store interface {
	Get(ctx context.Context, tenant, id string) (keys.Key, error)
}

type uses interface {
	Hours(ctx context.Context, of usage.Subject, r usage.Range) (usage.Hours, error)
	Summaries(ctx context.Context, tenant string, now time.Time, ids ...string) (map[string]usage.Summary, error)
}

// get checks the range before it reads anything, and the tenant's key before its figures, which are stored
// by id and have no tenant.
func (h handler) get(ctx context.Context, by auth.Principal, req api.KeyUsageRequest) (api.KeyUsage, error) {
	now := h.now()
	r, err := usage.RangeOf(req.UsageRange, now)
	if err != nil {
		return api.KeyUsage{}, err
	}
	k, err := h.keys.Get(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.KeyUsage{}, err
	}
	var hours usage.Hours
	var summaries map[string]usage.Summary
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		hours, err = h.uses.Hours(ctx, usage.Of(k.ID), r)
		return err
	})
	group.Go(func() (err error) {
		summaries, err = h.uses.Summaries(ctx, by.Tenant, now, k.ID)
		return err
	})
	if err := group.Wait(); err != nil {
		return api.KeyUsage{}, err
	}
	used := summaries[k.ID]
	return api.KeyUsage{Usage: r.Chart(hours), Use: used.Response(), AccessKeys: k.AccessKeys(used.Last, now)}, nil
}
