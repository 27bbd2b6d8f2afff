package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
)

type handler struct {
	managementKeys store
	now            func() time.Time
	random         io.Reader
	delay          time.Duration // until no function accepts the deleted key
}

type store interface {
	Delete(ctx context.Context, tenant, id string, event func(managementkeys.ManagementKey) (audit.Event, error)) (managementkeys.ManagementKey, error)
}

// delete deletes the management key. It is removed at once; only its audit events remain.
func (h handler) delete(ctx context.Context, by auth.Principal, req api.Target) (api.ManagementKeyRecord, error) {
	m, err := h.managementKeys.Delete(ctx, by.Tenant, req.ID, managementkeys.Deletion(by, req.Conditional, h.now(), h.random))
	if err != nil {
		return api.ManagementKeyRecord{}, err
	}
	res := m.Response(by, api.ManagementKeyDeleted)
	res.Effect = api.EffectAfter(h.now(), h.delay)
	return res, nil
}
