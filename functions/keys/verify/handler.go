package main

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/verification"
)

type handler struct {
	callers *callerstore.Authenticator
	keys    *verification.Verifier
}

// verify returns the verdict on the access key for the caller's tenant.
func (h handler) verify(ctx context.Context, by auth.Principal, req api.VerifyKeyRequest, key *verification.Prefetch) (api.Verification, error) {
	return h.keys.VerifyPrefetched(ctx, by.Tenant, req, key)
}
