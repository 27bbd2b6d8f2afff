package main

import (
	"context"
	"io"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
)

type handler struct {
	keys         store
	applications applicationGetter
	arxes        arxGetter
	requests     *requeststore.Requests
	now          func() time.Time
	random       io.Reader
}

type store interface {
	Create(context.Context, keys.Key, accesskey.Digest, audit.Event, requeststore.Request) error
	Find(ctx context.Context, tenant, id string) (keys.Key, keys.Details, error)
}

type applicationGetter interface {
	Get(ctx context.Context, tenant, id string) (applications.Application, error)
}

type arxGetter interface {
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
}

// create creates an API key. The parents are read only for a new request, so that a repeated one succeeds
// even if a parent was disabled or deleted since. It returns the key without its access key, which is not
// stored.
func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateKeyRequest) (api.CreatedKey, error) {
	now := h.now()
	request, err := requeststore.New(by, api.CreateKey.Name, req.IdempotencyKey, req, now)
	if err != nil {
		return api.CreatedKey{}, err
	}
	return requeststore.Once(ctx, h.requests, request, func() (api.CreatedKey, error) {
		app, err := h.applications.Get(ctx, by.Tenant, req.ApplicationID)
		if err != nil {
			return api.CreatedKey{}, absent(err, "application_id", "There is no such application.")
		}
		arx, err := h.arxes.Get(ctx, by.Tenant, req.ArxID)
		if err != nil {
			return api.CreatedKey{}, absent(err, "arx_id", "There is no such Arx.")
		}
		key, secret, err := keys.New(by, req, app, arx, now, h.random)
		if err != nil {
			return api.CreatedKey{}, err
		}
		e, err := audit.New(by, api.CreateKey.Name, key.Resource(), key.Created(), "", now, h.random)
		if err != nil {
			return api.CreatedKey{}, err
		}
		if err := h.keys.Create(ctx, key, secret.Digest(), e, request); err != nil {
			return api.CreatedKey{}, err
		}
		return key.Opened(by, secret, keys.Details{Parents: keys.ParentsOf(app, arx)}, now), nil
	}, func(id string) (api.CreatedKey, error) {
		k, details, err := h.keys.Find(ctx, by.Tenant, id)
		return k.Repeated(by, details, now), err
	})
}

// absent turns a missing parent into an error of the field that names it: the parent is not the resource in
// the path, so problem.NotFound would mislead.
func absent(err error, field, detail string) error {
	if problem.Is(err, problem.NotFound) {
		return problem.Invalid(problem.Field{Field: field, Code: "not_found", Detail: detail})
	}
	return err
}
