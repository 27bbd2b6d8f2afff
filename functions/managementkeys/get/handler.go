package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
)

type handler struct {
	managementKeys store
	now            func() time.Time
}

type store interface {
	Find(ctx context.Context, tenant, id string) (managementkeys.ManagementKey, error)
}

func (h handler) get(ctx context.Context, by auth.Principal, req api.ManagementKeyID) (api.ManagementKeyRecord, error) {
	m, err := h.managementKeys.Find(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.ManagementKeyRecord{}, err
	}
	return m.Response(by, m.Status(h.now())), nil
}
