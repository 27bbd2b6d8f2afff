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
)

type handler struct {
	managementKeys store
	now            func() time.Time
	random         io.Reader
}

type store interface {
	Create(context.Context, managementkeys.ManagementKey, accesskey.Digest, audit.Event) error
}

func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateManagementKeyRequest) (api.CreatedManagementKey, error) {
	now := h.now()
	m, secret, err := managementkeys.New(by, req, now, h.random)
	if err != nil {
		return api.CreatedManagementKey{}, err
	}
	e, err := audit.New(by, api.CreateManagementKey.Name, m.Resource(), m.Created(), "", now, h.random)
	if err != nil {
		return api.CreatedManagementKey{}, err
	}
	if err := h.managementKeys.Create(ctx, m, secret.Digest(), e); err != nil {
		return api.CreatedManagementKey{}, err
	}
	return api.CreatedManagementKey{ManagementKey: m.Answer(), Secret: api.ClearText(secret.Reveal())}, nil
}
