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

// verifier finds out whether a key is good for a tenant, or for everything. An error means that it
// could not be found out.
type verifier interface {
	Verify(ctx context.Context, tenant string, req api.VerifyKeyRequest) (api.Verification, error)
}

// decide allows whom the verifier finds good for the Arx, the tenant and the route's scopes, and
// nobody else.
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
	if err := req.Validate(); err != nil { // a key, or an origin, that is longer than any
		return authorizer.Answer{Code: string(api.CodeMalformed)}, nil
	}
	v, err := h.verifier.Verify(ctx, h.tenant, req)
	switch {
	case err != nil:
		return authorizer.Answer{}, err
	case v.Valid != (v.Code == api.CodeValid) || v.Code == "":
		return authorizer.Answer{}, fmt.Errorf("the verdict is valid: %t, and its code %q", v.Valid, v.Code)
	case v.Key == nil:
		if v.Valid {
			return authorizer.Answer{}, errors.New("the verdict is valid for no key")
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

// doubt holds a verdict against what this authorizer stands for, once more: what is allowed here is
// allowed to somebody else's API.
func (h handler) doubt(v api.Verification) error {
	switch {
	case v.Application == nil || v.Arx == nil || v.Tenant == "":
		return errors.New("the verdict does not tell whose the key is")
	case h.arxID != everything && v.Arx.ID != h.arxID:
		return fmt.Errorf("the verdict is about a key of %s", v.Arx.ID)
	case h.tenant != everything && v.Tenant != h.tenant:
		return fmt.Errorf("the verdict is about a key of the tenant %s", v.Tenant)
	}
	return nil
}
