package storetest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// ExpiringKey stores a key of the application and the Arx that expires at that time.
func ExpiringKey(t testing.TB, db *table.Table, app applications.Application, arx arxes.Arx, at time.Time) keys.Key {
	t.Helper()
	k, secret, err := keys.New(Owner(app.Tenant), api.CreateKeyRequest{Name: "soon", ExpiresAt: &at}, app, arx, time.Now(), rand.Reader)
	if err == nil {
		err = keystore.New(db).Create(t.Context(), k, secret.Digest(), event(t, app.Tenant, k.Resource(), k.Created()), requeststore.Request{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}
