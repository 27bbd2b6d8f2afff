package main

import (
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/verification"
)

var caller = auth.Principal{Kind: api.ManagementKey, ID: "mgk_1", Tenant: "acme", Role: api.Verifier}

func TestKeyIsVerifiedForTheCallersTenant(t *testing.T) {
	db := storetest.Open(t).Table()
	_, _, secret := storetest.Key(t, db, "acme")
	h := handler{keys: verification.New(db, 0)}
	req := api.VerifyKeyRequest{Key: api.ClearText(secret.Reveal())}
	for _, tenant := range []string{"other", ""} {
		stranger := caller
		stranger.Tenant = tenant
		if got, err := h.verify(t.Context(), stranger, req, nil); err != nil || got.Code != api.CodeNotFound || got.Key != nil {
			t.Errorf("tenant %q: %+v, %v", tenant, got, err)
		}
	}
	if got, err := h.verify(t.Context(), caller, req, nil); err != nil || !got.Valid || got.Key.ID != api.KeyPrefix+secret.ID() {
		t.Errorf("%+v, %v", got, err)
	}
}
