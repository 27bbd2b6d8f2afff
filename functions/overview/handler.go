package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
)

const (
	soon        = 7 * 24 * time.Hour
	fewItems    = 5
	eventsShown = 10
)

type handler struct {
	keys         keyStore
	applications applicationStore
	arxes        arxStore
	counts       counts
	events       events
	now          func() time.Time
}

type keyStore interface {
	Expiring(ctx context.Context, tenant string, from, to time.Time, rows int) (keystore.Few, error)
	Aging(ctx context.Context, tenant string, now time.Time, rows int) (keystore.Aging, error)
	Details(ctx context.Context, tenant string, rows ...keys.Row) ([]keys.Details, error)
}

type applicationStore interface {
	List(ctx context.Context, tenant string, req api.ListApplicationsRequest) ([]applications.Application, *string, error)
}

type arxStore interface {
	List(ctx context.Context, tenant string, req api.ListArxesRequest) ([]arxes.Arx, *string, error)
}

type counts interface {
	Keys(ctx context.Context, tenant string, now time.Time) (api.KeyTotals, error)
	Applications(ctx context.Context, tenant string) (api.ApplicationTotals, error)
	Arxes(ctx context.Context, tenant string) (api.ArxTotals, error)
}

type events interface {
	List(ctx context.Context, tenant string, req api.ListEventsRequest) ([]audit.Event, *string, error)
}

// get reads the parts side by side: each writes its own fields of the answer.
func (h handler) get(ctx context.Context, by auth.Principal, _ api.Nothing) (api.Overview, error) {
	now := h.now()
	o := api.Overview{Permits: permits(by)}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		o.Keys, err = h.counts.Keys(ctx, by.Tenant, now)
		return err
	})
	group.Go(func() error { return h.expiring(ctx, by, now, &o.Attention) })
	group.Go(func() error { return h.aging(ctx, by, now, &o.Attention) })
	group.Go(func() error { return h.countApplications(ctx, by.Tenant, &o) })
	group.Go(func() error { return h.countArxes(ctx, by.Tenant, &o) })
	group.Go(func() (err error) {
		o.Events, err = h.latest(ctx, by)
		return err
	})
	if err := group.Wait(); err != nil {
		return api.Overview{}, err
	}
	return o, nil
}

// permits says what the page may offer.
func permits(by auth.Principal) api.Permits {
	p := api.Permits{Can: map[string]bool{}, Why: map[string]string{}}
	for do, permission := range map[string]api.Permission{
		"create_key": api.CreateKey.Permission, "create_application": api.CreateApplication.Permission, "create_arx": api.CreateArx.Permission,
		"read_activity": api.ReadActivity,
	} {
		if p.Can[do] = by.May(permission); !p.Can[do] {
			p.Why[do] = auth.Refusal(permission)
		}
	}
	return p
}

// aging tells what time has made worth a look. The details of all of it are read together.
func (h handler) aging(ctx context.Context, by auth.Principal, now time.Time, a *api.Attention) error {
	aging, err := h.keys.Aging(ctx, by.Tenant, now, fewItems)
	if err != nil {
		return err
	}
	details, err := h.keys.Details(ctx, by.Tenant, slices.Concat(aging.RotationDue.Rows, aging.Overlaps.Rows, aging.Unused.Rows)...)
	if err != nil {
		return err
	}
	for _, list := range []struct {
		few  keystore.Few
		into *api.Few[api.KeySummary]
	}{{aging.RotationDue, &a.RotationDue}, {aging.Overlaps, &a.OverlapsOpen}, {aging.Unused, &a.Unused}} {
		*list.into = summaries(by, list.few, details, now)
		details = details[len(list.few.Rows):]
	}
	return nil
}

// expiring tells what ends soon.
func (h handler) expiring(ctx context.Context, by auth.Principal, now time.Time, a *api.Attention) error {
	few, err := h.keys.Expiring(ctx, by.Tenant, now, now.Add(soon), fewItems)
	if err != nil {
		return err
	}
	details, err := h.keys.Details(ctx, by.Tenant, few.Rows...)
	if err != nil {
		return err
	}
	a.Expiring = summaries(by, few, details, now)
	return nil
}

// summaries shows the rows, whose details come in the same order.
func summaries(by auth.Principal, few keystore.Few, details []keys.Details, now time.Time) api.Few[api.KeySummary] {
	answer := api.Few[api.KeySummary]{Count: few.Count, More: few.More}
	for i, row := range few.Rows {
		answer.Items = append(answer.Items, row.Summary(by, details[i], now))
	}
	return answer
}

func (h handler) countApplications(ctx context.Context, tenant string, o *api.Overview) (err error) {
	if o.Applications, err = h.counts.Applications(ctx, tenant); err != nil || o.Applications.Disabled == 0 {
		return err
	}
	few := &o.Attention.DisabledApplications
	few.Count = o.Applications.Disabled
	found, _, err := h.applications.List(ctx, tenant, api.ListApplicationsRequest{Page: api.Page{Limit: fewItems}, Status: api.ApplicationDisabled})
	for _, a := range found {
		few.Items = append(few.Items, api.KeyApplication{ID: a.ID, Name: a.Name, Status: a.Status})
	}
	return unlessTooMany(err)
}

func (h handler) countArxes(ctx context.Context, tenant string, o *api.Overview) (err error) {
	if o.Arxes, err = h.counts.Arxes(ctx, tenant); err != nil || o.Arxes.Disabled == 0 {
		return err
	}
	few := &o.Attention.DisabledArxes
	few.Count = o.Arxes.Disabled
	found, _, err := h.arxes.List(ctx, tenant, api.ListArxesRequest{Page: api.Page{Limit: fewItems}, Status: api.ArxDisabled})
	for _, a := range found {
		few.Items = append(few.Items, api.KeyArx{ID: a.ID, Name: a.Name, Purpose: a.Purpose, Status: a.Status})
	}
	return unlessTooMany(err)
}

// unlessTooMany lets the count stand alone where there are too many to look for the disabled ones.
func unlessTooMany(err error) error {
	if problem.Is(err, problem.InvalidField) {
		return nil
	}
	return err
}

// latest returns the latest events of the tenant, to whom they are for.
func (h handler) latest(ctx context.Context, by auth.Principal) (latest []api.AuditEvent, err error) {
	if !by.May(api.ReadActivity) {
		return nil, nil
	}
	found, _, err := h.events.List(ctx, by.Tenant, api.ListEventsRequest{Limit: eventsShown})
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		answer, err := e.Response()
		if err != nil {
			return nil, err
		}
		latest = append(latest, answer)
	}
	return latest, nil
}
