package verification

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

func TestVerdictsAreCountedForTheKeyAndTheCaller(t *testing.T) {
	db := storetest.Open(t).Table()
	app, arx, secret := storetest.Key(t, db, tenant)
	v := New(db, time.Hour)
	v.uses = usestore.NewRecorder(db, time.Now, nil)
	ask := func(tenant, key string, scopes ...string) {
		t.Helper()
		if _, err := v.Verify(t.Context(), tenant, api.VerifyKeyRequest{Key: api.ClearText(key), Scopes: scopes}); err != nil {
			t.Fatal(err)
		}
	}
	key := secret.Reveal()
	ask(tenant, key)
	ask(keys.AnyTenant, key)
	ask(tenant, key, "other:scope")
	ask(tenant, key[:len(key)-1]+"!")
	ask("other", key)
	ask(keys.AnyTenant, "nothing")
	v.End()

	now := time.Now()
	counts := func(of usage.Subject) map[api.Code]int {
		t.Helper()
		r := usage.Latest(now)
		hours, err := usestore.New(db).Hours(t.Context(), of, r)
		if err != nil {
			t.Fatal(err)
		}
		return r.Chart(hours).Totals.Codes
	}
	known := map[api.Code]int{api.CodeValid: 2, api.CodeInsufficientScope: 1}
	for _, of := range []usage.Subject{usage.Of(api.KeyPrefix + secret.ID()), usage.Of(app.ID), usage.Of(arx.ID), {ID: app.ID, ArxID: arx.ID}} {
		if diff := cmp.Diff(known, counts(of)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", of, diff)
		}
	}
	all := map[api.Code]int{api.CodeValid: 2, api.CodeInsufficientScope: 1, api.CodeMalformed: 1}
	if diff := cmp.Diff(all, counts(usage.Of(tenant))); diff != "" {
		t.Errorf("the tenant (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[api.Code]int{api.CodeNotFound: 1}, counts(usage.Of("other"))); diff != "" {
		t.Errorf("another tenant (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[api.Code]int{}, counts(usage.Of(keys.AnyTenant))); diff != "" {
		t.Errorf("any tenant (-want +got):\n%s", diff)
	}
	used, err := usestore.New(db).Summaries(t.Context(), tenant, now, api.KeyPrefix+secret.ID())
	if last := used[api.KeyPrefix+secret.ID()].Last.By(secret.LastFour()); err != nil || last == nil {
		t.Errorf("last use: %+v, %v", used, err)
	}
}
