package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// The figures of pairs have no index, so only pairs of the busiest applications and Arxes are compared.
const (
	candidates     = 8  // applications, and Arxes, in a request for the whole tenant
	moreCandidates = 24 // in a request for one application or Arx
	readsAtOnce    = 16
)

// pair is an application at an Arx, with its counts in the range.
type pair struct {
	usage.Subject
	counts api.UseCounts
}

// busiest returns the pairs with the most verifications in the range, the busiest first.
func (h handler) busiest(ctx context.Context, tenant string, req api.UsageRequest, r usage.Range, now time.Time) ([]api.PairUse, error) {
	pairs, err := h.pairs(ctx, tenant, req, now)
	if err != nil {
		return nil, err
	}
	group, reading := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for i := range pairs {
		group.Go(func() error {
			hours, err := h.uses.Hours(reading, pairs[i].Subject, r)
			pairs[i].counts = r.Chart(hours).Totals
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	pairs = slices.DeleteFunc(pairs, func(p pair) bool { return p.counts.Total == 0 })
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.counts.Total, a.counts.Total) })
	return h.named(ctx, tenant, pairs[:min(len(pairs), req.Busiest)])
}

// pairs returns the pairs to compare.
func (h handler) pairs(ctx context.Context, tenant string, req api.UsageRequest, now time.Time) ([]pair, error) {
	apps, arxes, limit := []string{req.ApplicationID}, []string{req.ArxID}, candidates
	if req.ApplicationID != "" || req.ArxID != "" {
		limit = moreCandidates
	}
	var err error
	if req.ApplicationID == "" {
		if apps, err = h.uses.Busiest(ctx, tenant, api.ApplicationPrefix, now, limit); err != nil {
			return nil, err
		}
	}
	if req.ArxID == "" {
		if arxes, err = h.uses.Busiest(ctx, tenant, api.ArxPrefix, now, limit); err != nil {
			return nil, err
		}
	}
	var pairs []pair
	for _, app := range apps {
		for _, arx := range arxes {
			pairs = append(pairs, pair{Subject: usage.Subject{ID: app, ArxID: arx}})
		}
	}
	return pairs, nil
}

// named returns the pairs with the names of their applications and Arxes. It omits a pair whose Arx has been
// deleted for so long that it can't be read any more.
func (h handler) named(ctx context.Context, tenant string, pairs []pair) ([]api.PairUse, error) {
	found := make([]*api.PairUse, len(pairs))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range pairs {
		group.Go(func() error {
			app, err := h.applications.Get(ctx, tenant, p.ID)
			if err != nil {
				return ignoreMissing(err)
			}
			arx, err := h.arxes.Get(ctx, tenant, p.ArxID)
			if err != nil {
				return ignoreMissing(err)
			}
			found[i] = &api.PairUse{
				Application: api.KeyApplication{ID: app.ID, Name: app.Name, Status: app.Status},
				Arx:         api.KeyArx{ID: arx.ID, Name: arx.Name, Purpose: arx.Purpose, Status: arx.Status},
				UseCounts:   p.counts,
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var named []api.PairUse
	for _, p := range found {
		if p != nil {
			named = append(named, *p)
		}
	}
	return named, nil
}

func ignoreMissing(err error) error {
	if problem.Is(err, problem.NotFound) {
		return nil
	}
	return err
}
