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
	Find(ctx context.Context, tenant, id string) (keys.Key, keys.Parents, error)
	Change(ctx context.Context, tenant, id string, change func(keys.Key) (keys.Key, audit.Event, error)) (keys.Key, error)
}

func (h handler) enable(ctx context.Context, by auth.Principal, req api.KeyID) (api.Key, error) {
	now := h.now()
	// Read before, because nothing that is read after the change may fail the answer to it.
	_, parents, err := h.keys.Find(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Key{}, err
	}
	change := keys.Transition(by, api.EnableKey.Name, keys.Key.Enable, parents, now, h.random)
	k, err := h.keys.Change(ctx, by.Tenant, req.ID, change)
	if err != nil {
		return api.Key{}, err
	}
	return k.Response(by, parents, now), nil
}
