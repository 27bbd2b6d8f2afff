package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/authorizer"
)

type handler struct {
	verifier verifier
	settings
}

// verifier decides whether a key is valid for a tenant, or for all tenants. An error means that no decision
// was possible.
type verifier interface {
	Verify(ctx context.Context, tenant string, req api.VerifyKeyRequest) (api.Verification, error)
}

// decide allows only keys that are valid for the Arx, the tenant and the route's scopes.
func (h handler) decide(ctx context.Context, q authorizer.Question) (authorizer.Answer, error) {
	req := api.VerifyKeyRequest{Key: api.ClearText(q.Key), IP: q.Address, Origin: q.Origin}
	if h.arxID != everything {
		req.ArxID = h.arxID
	}
	if h.required != nil {
		var listed bool
		if req.Scopes, listed = h.required[q.Route]; !listed {
			return authorizer.Answer{Code: "ROUTE_NOT_LISTED"}, nil
		}
	}
	if err := req.Validate(); err != nil { // the key or the origin is too long
		return authorizer.Answer{Code: string(api.CodeMalformed)}, nil
	}
	v, err := h.verifier.Verify(ctx, h.tenant, req)
	switch {
	case err != nil:
		return authorizer.Answer{}, err
	case v.Valid != (v.Code == api.CodeValid) || v.Code == "":
		return authorizer.Answer{}, fmt.Errorf("inconsistent verdict: valid %t, code %q", v.Valid, v.Code)
	case v.Key == nil:
		if v.Valid {
			return authorizer.Answer{}, errors.New("inconsistent verdict: valid without a key")
		}
		return authorizer.Answer{Code: string(v.Code)}, nil
	case !v.Valid:
		return authorizer.Answer{Code: string(v.Code), KeyID: v.Key.ID, Tenant: v.Tenant}, nil
	}
	if err := h.doubt(v); err != nil {
		return authorizer.Answer{}, err
	}
	return authorizer.Answer{Allow: true, Code: string(v.Code), KeyID: v.Key.ID, Tenant: v.Tenant, Context: api.HolderOf(v).Context()}, nil
}

// doubt checks a verdict against the settings once more, because a wrong answer here gives access to a
// customer's API.
func (h handler) doubt(v api.Verification) error {
	switch {
	case v.Application == nil || v.Arx == nil || v.Tenant == "":
		return errors.New("incomplete verdict: no application, Arx or tenant")
	case h.arxID != everything && v.Arx.ID != h.arxID:
		return fmt.Errorf("the verdict is about a key of Arx %s", v.Arx.ID)
	case h.tenant != everything && v.Tenant != h.tenant:
		return fmt.Errorf("the verdict is about a key of tenant %s", v.Tenant)
	}
	return nil
}
