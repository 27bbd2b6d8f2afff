package storetest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// ManagementKey stores a management key with that name and role. It expires after 90 days if expires is
// zero.
func ManagementKey(t testing.TB, db *table.Table, tenant, name string, role api.Role, expires time.Time) managementkeys.ManagementKey {
	t.Helper()
	req := api.CreateManagementKeyRequest{Name: name, Role: role}
	if !expires.IsZero() {
		req.ExpiresAt = &expires
	}
	m, secret, err := managementkeys.New(Owner(tenant), req, managementkeys.DefaultMaxLife, time.Now(), rand.Reader)
	if err == nil {
		err = managementkeystore.New(db).Create(t.Context(), m, secret.Digest(), event(t, tenant, m.Resource(), m.Created()), requeststore.Request{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}
