package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

func TestEndedOverlapLeavesOneAccessKey(t *testing.T) {
	db := storetest.Open(t).Table()
	store := keystore.New(db)
	h := handler{keys: store, now: time.Now, random: rand.Reader}
	by := storetest.Owner("acme")
	_, arx, old := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + old.ID()
	refused := func(tenant, id string, code problem.Code) {
		t.Helper()
		if got, err := h.endOverlap(t.Context(), storetest.Owner(tenant), api.KeyID{ID: id}); !problem.Is(err, code) || got.ID != "" {
			t.Errorf("%s of %s: %+v, %v, want %s", id, tenant, got, err, code)
		}
	}
	refused("other", id, problem.NotFound)
	refused("acme", "key_0123456789abcdef", problem.NotFound)
	refused("acme", id, problem.WrongState)
	rotation, err := store.Rotate(t.Context(), "acme", id, requeststore.Request{}, func(was keys.Key) (keys.Rotation, audit.Event, error) {
		r, err := was.Rotate(api.RotateKeyRequest{OverlapSeconds: new(3600)}, arx, time.Now(), rand.Reader)
		if err != nil {
			return r, audit.Event{}, err
		}
		e, err := r.Key.Changed(by, api.RotateKey.Name, was, rand.Reader)
		return r, e, err
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.endOverlap(t.Context(), by, api.KeyID{ID: id})
	if err != nil || got.OverlapUntil != nil || got.May("end_overlap") || !got.May("rotate") {
		t.Errorf("%+v, %v", got, err)
	}
	credential, err := credentialstore.Find(t.Context(), db, id)
	if err != nil || !rotation.Secret.Digest().Matches(credential.Digest) || len(credential.OldDigest) > 0 {
		t.Errorf("the older access key's digest has %d bytes: %v", len(credential.OldDigest), err)
	}
	refused("acme", id, problem.WrongState)
}
