package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestUpdateChecksTheCondition(t *testing.T) {
	db := storetest.Open(t).Table()
	serve := Handler(db, api.UpdateKey, keys.Key.Update)
	_, _, secret := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + secret.ID()
	request := func(id, etag string) api.UpdateKeyRequest {
		return api.UpdateKeyRequest{ID: id, Conditional: api.Conditional{IfMatch: etag}, Name: api.Set(" hourly "), Scopes: api.Remove[[]string]()}
	}
	refused := func(tenant, id, etag string, code problem.Code) {
		t.Helper()
		if got, err := serve(t.Context(), storetest.Owner(tenant), request(id, etag)); !problem.Is(err, code) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want %s", id, tenant, got, err, code)
		}
	}
	refused("other", id, "", problem.NotFound)
	refused("acme", "key_0123456789abcdef", "", problem.NotFound)
	refused("acme", id, `"7"`, problem.Changed)
	got, err := serve(t.Context(), storetest.Owner("acme"), request(id, `"1"`))
	if err != nil || got.Name != "hourly" || len(got.Scopes) > 0 || got.ETag() != "2" {
		t.Errorf("%+v, %v", got, err)
	}
	refused("acme", id, `"1"`, problem.Changed)
	k, err := keystore.New(db).Get(t.Context(), "acme", id)
	if diff := cmp.Diff("hourly", k.Name); diff != "" || err != nil {
		t.Errorf("kept (-want +got), %v:\n%s", err, diff)
	}
	credential, err := credentialstore.Find(t.Context(), db, id)
	if err != nil || !secret.Digest().Matches(credential.Digest) {
		t.Errorf("the access key is lost: %v", err)
	}
}
