package main

import (
	"context"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/verification"
)

type handler struct {
	callers *callerstore.Authenticator
	keys    *verification.Verifier
}

// verify returns the verdict on the access key for the gateway's tenant. It compares a valid one with the
// question once more, because a wrong answer here gives access to a customer's API.
func (h handler) verify(ctx context.Context, by auth.Principal, req api.VerifyKeyRequest, key *verification.Prefetch) (api.Verification, error) {
	v, err := h.keys.VerifyPrefetched(ctx, by.Tenant, req, key)
	if err != nil || !v.Valid {
		return v, err
	}
	return v, doubt(v, by.Tenant, req.ArxID)
}

func doubt(v api.Verification, tenant, arxID string) error {
	switch {
	case v.Arx == nil:
		return fmt.Errorf("incomplete verdict: no Arx")
	case arxID != "" && v.Arx.ID != arxID:
		return fmt.Errorf("the verdict is about a key of Arx %s", v.Arx.ID)
	case v.Tenant != tenant:
		return fmt.Errorf("the verdict is about a key of tenant %s", v.Tenant)
	}
	return nil
}
