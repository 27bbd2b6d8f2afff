package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
)

type handler struct {
	keys     store
	arxes    arxGetter
	requests *requeststore.Requests
	now      func() time.Time
	random   io.Reader
}

type store interface {
	Find(ctx context.Context, tenant, id string) (keys.Key, keys.Parents, error)
	Rotate(ctx context.Context, tenant, id string, r requeststore.Request, change func(keys.Key) (keys.Rotation, audit.Event, error)) (keys.Rotation, error)
}

type arxGetter interface {
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
}

func (h handler) rotate(ctx context.Context, by auth.Principal, req api.RotateKeyRequest) (api.CreatedKey, error) {
	now := h.now()
	request, err := requeststore.New(by, api.RotateKey.Name+" "+req.ID, req.IdempotencyKey, req, now)
	if err != nil {
		return api.CreatedKey{}, err
	}
	return requeststore.Once(ctx, h.requests, request, func() (api.CreatedKey, error) {
		// Read before, because nothing that is read after the change may fail the answer to it.
		found, parents, err := h.keys.Find(ctx, by.Tenant, req.ID)
		if err != nil {
			return api.CreatedKey{}, err
		}
		arx, err := h.arxes.Get(ctx, by.Tenant, found.ArxID)
		if err != nil {
			return api.CreatedKey{}, err
		}
		r, err := h.keys.Rotate(ctx, by.Tenant, req.ID, request, func(was keys.Key) (keys.Rotation, audit.Event, error) {
			r, err := was.Rotate(req, arx, now, h.random)
			if err != nil {
				return r, audit.Event{}, err
			}
			e, err := r.Key.Changed(by, api.RotateKey.Name, was, h.random)
			return r, e, err
		})
		if err != nil {
			return api.CreatedKey{}, err
		}
		return r.Key.Opened(by, r.Secret, parents, now), nil
	}, func(id string) (api.CreatedKey, error) {
		k, parents, err := h.keys.Find(ctx, by.Tenant, id)
		return k.Repeated(by, parents, now), err
	})
}
