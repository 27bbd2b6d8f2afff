// Package verifying holds what functions that verify access keys for a caller have in common.
package verifying

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/verification"
)

// Prefetching reads the key in the same call as the caller.
func Prefetching(callers *callerstore.Authenticator, keys *verification.Verifier) lambdahttp.Prefetching[api.VerifyKeyRequest, *verification.Prefetch] {
	return lambdahttp.Prefetching[api.VerifyKeyRequest, *verification.Prefetch]{
		Plan: keys.Prefetch,
		Authenticate: func(ctx context.Context, credential string, key *verification.Prefetch) (auth.Principal, error) {
			return callers.AuthenticateWith(ctx, credential, key)
		},
	}
}
