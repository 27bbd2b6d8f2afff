package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
)

type handler struct {
	managementKeys store
	requests       *requeststore.Requests
	maxLife        time.Duration // of a new management key; 0 means managementkeys.DefaultMaxLife
	now            func() time.Time
	random         io.Reader
}

type store interface {
	Create(context.Context, managementkeys.ManagementKey, accesskey.Digest, audit.Event, requeststore.Request) error
	Get(ctx context.Context, tenant, id string) (managementkeys.ManagementKey, error)
}

// create creates a management key. A repeated request returns the key without its secret, which is not
// stored.
func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateManagementKeyRequest) (api.CreatedManagementKey, error) {
	now := h.now()
	request, err := requeststore.New(by, api.CreateManagementKey.Name, req.IdempotencyKey, req, now)
	if err != nil {
		return api.CreatedManagementKey{}, err
	}
	return requeststore.Once(ctx, h.requests, request, func() (api.CreatedManagementKey, error) {
		m, secret, err := managementkeys.New(by, req, h.maxLife, now, h.random)
		if err != nil {
			return api.CreatedManagementKey{}, err
		}
		e, err := audit.New(by, api.CreateManagementKey.Name, m.Resource(), m.Created(), "", now, h.random)
		if err != nil {
			return api.CreatedManagementKey{}, err
		}
		if err := h.managementKeys.Create(ctx, m, secret.Digest(), e, request); err != nil {
			return api.CreatedManagementKey{}, err
		}
		text := api.ClearText(secret.Reveal())
		return api.CreatedManagementKey{ManagementKey: m.Response(by, m.Status(now)), Secret: &text}, nil
	}, func(id string) (api.CreatedManagementKey, error) {
		m, err := h.managementKeys.Get(ctx, by.Tenant, id)
		return api.CreatedManagementKey{ManagementKey: m.Response(by, m.Status(now)), Notice: api.ManagementKeyShownOnce, Replay: api.Again()}, err
	})
}
