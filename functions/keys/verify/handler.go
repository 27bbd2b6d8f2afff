package main

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

type handler struct{ keys verifier }

type verifier interface {
	Verify(ctx context.Context, tenant string, req api.VerifyKeyRequest) (api.Verification, error)
}

// verify answers whether the access key is good, for the tenant of who asks.
func (h handler) verify(ctx context.Context, by auth.Principal, req api.VerifyKeyRequest) (api.Verification, error) {
	return h.keys.Verify(ctx, by.Tenant, req)
}
