package main

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func newHandler(db *table.Table) handler {
	return handler{arxes: arxstore.New(db), keys: keystore.New(db), counts: countstore.New(db), now: time.Now, random: rand.Reader}
}

func TestRefusedDeletionChangesNothing(t *testing.T) {
	db := storetest.Open(t).Table()
	h := newHandler(db)
	standing, other := storetest.Arx(t, db, "acme", "EU"), storetest.Arx(t, db, "acme", "US")
	refused := func(tenant, id string, code problem.Code) {
		t.Helper()
		if got, err := h.delete(t.Context(), storetest.Owner(tenant), api.Target{ID: id}); !problem.Is(err, code) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want %s", id, tenant, got, err, code)
		}
	}
	refused("other", other.ID, problem.NotFound)
	refused("acme", "arx_0123456789abcdef", problem.NotFound)
	stale := api.Target{ID: other.ID, Conditional: api.IfVersion("7")}
	if _, err := h.delete(t.Context(), storetest.Owner("acme"), stale); !problem.Is(err, problem.Changed) {
		t.Errorf("with an outdated ETag: %v, want changed_meanwhile", err)
	}
	refused("acme", standing.ID, problem.WrongState) // the default, while there is another
	if _, err := h.delete(t.Context(), storetest.Owner("acme"), api.Target{ID: other.ID}); err != nil {
		t.Fatal(err)
	}
	refused("acme", other.ID, problem.WrongState) // deleted already
}

func TestKeysAreDeletedWithTheirArx(t *testing.T) {
	db := storetest.Open(t).Table()
	_, arx, secret := storetest.Key(t, db, "acme")
	got, err := newHandler(db).delete(t.Context(), storetest.Owner("acme"), api.Target{ID: arx.ID})
	if err != nil || got.Status != api.ArxDeleted || got.IsDefault || got.May("delete") || got.Keys != (api.KeyTotals{Deleted: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	if k := stored(t, db, secret); k.State != api.KeyDeleted {
		t.Errorf("its key is %s", k.State)
	}
}

// stuck is a settler that never finishes.
type stuck struct{}

func (stuck) Settle(context.Context, string, string, func(keys.Key) (keys.Key, audit.Event, error)) error {
	return problem.Busy(errors.New("throttled"))
}

func TestDeletionSucceedsWithoutSettling(t *testing.T) {
	db := storetest.Open(t).Table()
	_, arx, secret := storetest.Key(t, db, "acme")
	h := newHandler(db)
	h.keys = stuck{}
	got, err := h.delete(t.Context(), storetest.Owner("acme"), api.Target{ID: arx.ID})
	if err != nil || got.Status != api.ArxDeleted || got.Keys != (api.KeyTotals{Deleted: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	if k := stored(t, db, secret); k.State != api.KeyActive {
		t.Errorf("its key is %s: the test proves nothing", k.State)
	}
}

func stored(t *testing.T, db *table.Table, secret accesskey.Secret) keys.Key {
	t.Helper()
	k, err := keystore.New(db).Get(t.Context(), "acme", api.KeyPrefix+secret.ID())
	if err != nil {
		t.Fatal(err)
	}
	return k
}
