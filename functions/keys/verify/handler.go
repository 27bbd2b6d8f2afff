package main

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/verification"
)

type handler struct {
	callers *callerstore.Authenticator
	keys    *verification.Verifier
}

// prefetching reads the key in the same call as the caller.
func (h handler) prefetching() lambdahttp.Prefetching[api.VerifyKeyRequest, *verification.Prefetch] {
	return lambdahttp.Prefetching[api.VerifyKeyRequest, *verification.Prefetch]{
		Plan: h.keys.Prefetch,
		Authenticate: func(ctx context.Context, credential string, key *verification.Prefetch) (auth.Principal, error) {
			return h.callers.AuthenticateWith(ctx, credential, key)
		},
	}
}

// verify returns the verdict on the access key for the caller's tenant.
func (h handler) verify(ctx context.Context, by auth.Principal, req api.VerifyKeyRequest, key *verification.Prefetch) (api.Verification, error) {
	return h.keys.VerifyPrefetched(ctx, by.Tenant, req, key)
}
