package storetest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Owner returns a person with the owner's role in the tenant.
func Owner(tenant string) auth.Principal {
	return auth.Principal{Kind: api.Person, ID: "p-1", Name: "owner@example.com", Tenant: tenant, Role: api.Owner}
}

// Application stores an active application with that name.
func Application(t testing.TB, db *table.Table, tenant, name string) applications.Application {
	t.Helper()
	req := api.CreateApplicationRequest{Name: name, Technology: api.Server}
	app, err := applications.New(Owner(tenant), req, time.Now(), rand.Reader)
	if err == nil {
		err = applicationstore.New(db).Create(t.Context(), app, event(t, tenant, app.Resource(), app.Created()), requeststore.Request{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// Arx stores an active Arx with that name. The tenant's first is the default.
func Arx(t testing.TB, db *table.Table, tenant, name string) arxes.Arx {
	t.Helper()
	req := api.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}}
	arx, err := arxes.New(Owner(tenant), req, time.Now(), rand.Reader)
	if err == nil {
		_, err = arxstore.New(db).Create(t.Context(), arx, event(t, tenant, arx.Resource(), arx.Created()), requeststore.Request{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return arx
}

// Key stores an application, an Arx, and a key of both with the scope invoices:*.
func Key(t testing.TB, db *table.Table, tenant string) (applications.Application, arxes.Arx, accesskey.Secret) {
	t.Helper()
	return LimitedKey(t, db, tenant, keys.Limits{})
}

// LimitedKey is Key with limits.
func LimitedKey(t testing.TB, db *table.Table, tenant string, limits keys.Limits) (applications.Application, arxes.Arx, accesskey.Secret) {
	t.Helper()
	app, arx := Application(t, db, tenant, "Billing"), Arx(t, db, tenant, "EU")
	req := api.CreateKeyRequest{Name: "nightly export", Scopes: []string{"invoices:*"}, RateLimit: limits.Rate, RemainingUses: limits.Uses, AllowedIPs: limits.AllowedIPs}
	k, secret, err := keys.New(Owner(tenant), req, app, arx, time.Now(), rand.Reader)
	if err == nil {
		err = keystore.New(db).Create(t.Context(), k, secret.Digest(), event(t, tenant, k.Resource(), k.Created()), requeststore.Request{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return app, arx, secret
}

func event(t testing.TB, tenant string, on audit.Resource, changes audit.Changes) audit.Event {
	t.Helper()
	e, err := audit.New(Owner(tenant), "fixture", on, changes, "", time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
