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
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
)

type handler struct {
	// Find is called before the change: if it failed afterwards, a completed change would return an error.
	keys     store
	arxes    arxGetter
	requests *requeststore.Requests
	now      func() time.Time
	random   io.Reader
}

type store interface {
	Find(ctx context.Context, tenant, id string) (keys.Key, keys.Details, error)
	Rotate(ctx context.Context, tenant, id string, r requeststore.Request, change func(keys.Key) (keys.Rotation, audit.Event, error)) (keys.Rotation, error)
}

type arxGetter interface {
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
}

// rotate creates a new access key of an API key. A repeated request returns the key without its access key,
// which is not stored.
func (h handler) rotate(ctx context.Context, by auth.Principal, req api.RotateKeyRequest) (api.CreatedKey, error) {
	id, seen := req.On()
	now := h.now()
	// The id is in the path, so it is not part of the body's hash. With it in the operation's name, one
	// idempotency key can be used for several API keys.
	request, err := requeststore.New(by, api.RotateKey.Name+" "+id, req.IdempotencyKey, req, now)
	if err != nil {
		return api.CreatedKey{}, err
	}
	return requeststore.Once(ctx, h.requests, request, func() (api.CreatedKey, error) {
		found, details, err := h.keys.Find(ctx, by.Tenant, id)
		if err != nil {
			return api.CreatedKey{}, err
		}
		arx, err := h.arxes.Get(ctx, by.Tenant, found.ArxID)
		if err != nil {
			return api.CreatedKey{}, err
		}
		decide := func(was keys.Key) (keys.Rotation, error) { return was.Rotate(req, arx, now, h.random) }
		change := lifecycle.Transition(by, api.RotateKey.Name, seen, decide, h.random)
		r, err := h.keys.Rotate(ctx, by.Tenant, id, request, change)
		if err != nil {
			return api.CreatedKey{}, err
		}
		created := r.Opened(by, r.Secret, details, now)
		created.Key.Effect = api.EffectAfter(h.now(), 0) // every verification reads the key
		return created, nil
	}, func(id string) (api.CreatedKey, error) {
		k, details, err := h.keys.Find(ctx, by.Tenant, id)
		repeated := k.Repeated(by, details, now)
		repeated.Key.Effect = api.EffectAfter(now, 0) // it took effect with the first request
		return repeated, err
	})
}
