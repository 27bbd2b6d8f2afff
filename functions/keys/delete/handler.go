package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
)

type handler struct {
	keys   store
	now    func() time.Time
	random io.Reader
}

type store interface {
	Delete(ctx context.Context, tenant, id string, change func(keys.Key) (keys.Key, audit.Event, error)) (keys.Key, error)
	Get(ctx context.Context, tenant, id string) (keys.Key, error)
	Parents(ctx context.Context, tenant string, rows ...keys.Row) ([]keys.Parents, error)
}

func (h handler) delete(ctx context.Context, by auth.Principal, req api.KeyID) (api.Key, error) {
	now := h.now()
	found, err := h.keys.Get(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Key{}, err
	}
	parents, err := h.keys.Parents(ctx, by.Tenant, found.Row)
	if err != nil {
		return api.Key{}, err
	}
	k, err := h.keys.Delete(ctx, by.Tenant, req.ID, func(was keys.Key) (keys.Key, audit.Event, error) {
		is, err := was.Delete(now, parents[0].Arx.Status)
		if err != nil {
			return is, audit.Event{}, err
		}
		changes := audit.Changes{"status": {was.Status(now, parents[0].Arx.Status), is.State}}
		e, err := audit.New(by, api.DeleteKey.Name, is.Resource(), changes, was.LastEvent, now, h.random)
		return is, e, err
	})
	if err != nil {
		return api.Key{}, err
	}
	return k.Answer(by, parents[0], now), nil
}
