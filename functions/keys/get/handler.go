package main

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
)

type handler struct {
	keys store
	now  func() time.Time
}

type store interface {
	Find(ctx context.Context, tenant, id string) (keys.Key, keys.Details, error)
}

// get returns the key with its parents and its use. A deleted key is returned until it is purged.
func (h handler) get(ctx context.Context, by auth.Principal, req api.KeyID) (api.Key, error) {
	k, details, err := h.keys.Find(ctx, by.Tenant, req.ID)
	if err != nil {
		return api.Key{}, err
	}
	return k.Response(by, details, h.now()), nil
}
