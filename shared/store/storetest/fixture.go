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
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Key keeps an application, an Arx, and a key of theirs with the scope invoices:*.
func Key(t testing.TB, db *table.Table, tenant string) (applications.Application, arxes.Arx, accesskey.Secret) {
	t.Helper()
	owner := auth.Principal{Kind: api.Person, ID: "p-1", Tenant: tenant, Role: api.Owner}
	now := time.Now()
	event := func(on audit.Resource, changes audit.Changes) audit.Event {
		e, err := audit.New(owner, "fixture", on, changes, "", now, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	app, err := applications.New(owner, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}, now, rand.Reader)
	if err == nil {
		err = applicationstore.New(db).Create(t.Context(), app, event(app.Resource(), app.Created()))
	}
	if err != nil {
		t.Fatal(err)
	}
	arx, err := arxes.New(owner, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}}, now, rand.Reader)
	if err == nil {
		_, err = arxstore.New(db).Create(t.Context(), arx, event(arx.Resource(), arx.Created()))
	}
	if err != nil {
		t.Fatal(err)
	}
	k, secret, err := keys.New(owner, api.CreateKeyRequest{Name: "nightly export", Scopes: []string{"invoices:*"}}, app, arx, now, rand.Reader)
	if err == nil {
		err = keystore.New(db).Create(t.Context(), k, secret.Digest(), event(k.Resource(), k.Created()))
	}
	if err != nil {
		t.Fatal(err)
	}
	return app, arx, secret
}
