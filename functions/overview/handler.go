package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	fewItems    = 5
	eventsShown = 10
)

type handler struct {
	keys   keyStore
	counts counts
	events events
	now    func() time.Time
}

type keyStore interface {
	Attention(ctx context.Context, tenant string, now time.Time, rows int) (keystore.Attention, error)
}

type counts interface {
	Applications(ctx context.Context, tenant string) (api.ApplicationTotals, error)
	Arxes(ctx context.Context, tenant string) (api.ArxTotals, error)
}

type events interface {
	List(ctx context.Context, tenant string, req api.ListEventsRequest) (table.ListPage[audit.Event], error)
}

// get reads the parts concurrently. Each writes its own fields of the response.
func (h handler) get(ctx context.Context, by auth.Principal, _ api.Nothing) (api.Overview, error) {
	o := api.Overview{Permits: permits(by)}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return h.attention(ctx, by, &o) })
	group.Go(func() (err error) {
		o.Applications, err = h.counts.Applications(ctx, by.Tenant)
		return err
	})
	group.Go(func() (err error) {
		o.Arxes, err = h.counts.Arxes(ctx, by.Tenant)
		return err
	})
	group.Go(func() (err error) {
		o.Events, err = h.latest(ctx, by)
		return err
	})
	if err := group.Wait(); err != nil {
		return api.Overview{}, err
	}
	return o, nil
}

// permits returns what the overview page may offer.
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

// attention adds what needs attention, and the totals of keys.
func (h handler) attention(ctx context.Context, by auth.Principal, o *api.Overview) error {
	now := h.now()
	found, err := h.keys.Attention(ctx, by.Tenant, now, fewItems)
	if err != nil {
		return err
	}
	o.Keys = found.Totals
	a := &o.Attention
	for into, few := range map[*api.Few[api.KeySummary]]keystore.Few{
		&a.Expiring: found.Expiring, &a.RotationDue: found.RotationDue, &a.OverlapsOpen: found.Overlaps, &a.Stopped: found.Stopped, &a.Unused: found.Unused,
	} {
		into.Count, into.More = few.Count, few.More
		for i, row := range few.Rows {
			into.Items = append(into.Items, row.Summary(by, few.Details[i], now))
		}
	}
	a.UnusedAsOf = found.RolledUp
	for _, app := range found.Inactive {
		// An archived application needs no attention: it was archived on purpose.
		if app.Status == api.ApplicationDisabled {
			add(&a.DisabledApplications, app)
		}
	}
	for _, arx := range found.Disabled {
		add(&a.DisabledArxes, arx)
	}
	return nil
}

// add counts the item, and appends it if it is one of the first.
func add[Item any](few *api.Few[Item], item Item) {
	if few.Count++; few.Count <= fewItems {
		few.Items = append(few.Items, item)
	}
}

// latest returns the latest events of the tenant. It returns none without the permission, because the rest
// of the overview is for every role that reads the catalog.
func (h handler) latest(ctx context.Context, by auth.Principal) (latest []api.AuditEvent, err error) {
	if !by.May(api.ReadActivity) {
		return nil, nil
	}
	found, err := h.events.List(ctx, by.Tenant, api.ListEventsRequest{Limit: eventsShown})
	if err != nil {
		return nil, err
	}
	for _, e := range found.Rows {
		answer, err := e.Response()
		if err != nil {
			return nil, err
		}
		latest = append(latest, answer)
	}
	return latest, nil
}
