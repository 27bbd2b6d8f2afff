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
)

type handler struct {
	keys         store
	applications applicationGetter
	arxes        arxGetter
	now          func() time.Time
	random       io.Reader
}

type store interface {
	Create(context.Context, keys.Key, accesskey.Digest, audit.Event) error
}

type applicationGetter interface {
	Get(ctx context.Context, tenant, id string) (applications.Application, error)
}

type arxGetter interface {
	Get(ctx context.Context, tenant, id string) (arxes.Arx, error)
}

func (h handler) create(ctx context.Context, by auth.Principal, req api.CreateKeyRequest) (api.CreatedKey, error) {
	app, err := h.applications.Get(ctx, by.Tenant, req.ApplicationID)
	if err != nil {
		return api.CreatedKey{}, absent(err, "application_id", "There is no such application.")
	}
	arx, err := h.arxes.Get(ctx, by.Tenant, req.ArxID)
	if err != nil {
		return api.CreatedKey{}, absent(err, "arx_id", "There is no such Arx.")
	}
	now := h.now()
	key, secret, err := keys.New(by, req, app, arx, now, h.random)
	if err != nil {
		return api.CreatedKey{}, err
	}
	e, err := audit.New(by, api.CreateKey.Name, key.Resource(), key.Created(), "", now, h.random)
	if err != nil {
		return api.CreatedKey{}, err
	}
	if err := h.keys.Create(ctx, key, secret.Digest(), e); err != nil {
		return api.CreatedKey{}, err
	}
	parents := keys.Parents{
		Application: api.KeyApplication{ID: app.ID, Name: app.Name, Status: app.Status},
		Arx:         api.KeyArx{ID: arx.ID, Name: arx.Name, Purpose: arx.Purpose, Status: arx.Status},
	}
	return api.CreatedKey{Key: key.Answer(by, parents, now), AccessKey: api.ClearText(secret.Reveal())}, nil
}

// absent says of a parent that is not there which field named it.
func absent(err error, field, detail string) error {
	if problem.Is(err, problem.NotFound) {
		return problem.Invalid(problem.Field{Field: field, Code: "not_found", Detail: detail})
	}
	return err
}
