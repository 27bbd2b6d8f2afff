package main

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func newHandler(db *table.Table) handler {
	return handler{keys: keystore.New(db), arxes: arxstore.New(db), requests: requeststore.Open(db), now: time.Now, random: rand.Reader}
}

func asking(id string, overlap int, idempotencyKey string) api.RotateKeyRequest {
	return api.RotateKeyRequest{ID: id, OverlapSeconds: &overlap, Idempotent: api.Idempotent{IdempotencyKey: idempotencyKey}}
}

func TestRotateRefusesUnknownKeys(t *testing.T) {
	db := storetest.Open(t).Table()
	h := newHandler(db)
	_, _, secret := storetest.Key(t, db, "acme")
	for tenant, id := range map[string]string{"other": api.KeyPrefix + secret.ID(), "acme": "key_0123456789abcdef"} {
		got, err := h.rotate(t.Context(), storetest.Owner(tenant), asking(id, 0, ""))
		if !problem.Is(err, problem.NotFound) || got.AccessKey != nil {
			t.Errorf("%s of %s: %v, want not_found", id, tenant, err)
		}
	}
	stale := asking(api.KeyPrefix+secret.ID(), 0, "")
	stale.Conditional = api.IfVersion("7")
	if got, err := h.rotate(t.Context(), storetest.Owner("acme"), stale); !problem.Is(err, problem.Changed) || got.AccessKey != nil {
		t.Errorf("with an outdated ETag: %v, want changed_meanwhile", err)
	}
}

func TestRotatedKeyVerifiesWithTheNewAccessKey(t *testing.T) {
	db := storetest.Open(t).Table()
	h := newHandler(db)
	_, arx, old := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + old.ID()
	got, err := h.rotate(t.Context(), storetest.Owner("acme"), asking(id, 0, ""))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := accesskey.Parse(string(*got.AccessKey))
	if err != nil || secret.ID() != old.ID() || !strings.HasSuffix(got.Key.Hint, secret.LastFour()) || got.Notice != "" || got.IsReplay() {
		t.Errorf("the access key does not match %+v: %v", got.Key, err)
	}
	if got.Key.OverlapUntil != nil || !got.Key.RotateBy.Equal(arx.RotateBy(got.Key.UpdatedAt)) && !got.Key.RotateBy.Equal(arx.RotateBy(got.Key.UpdatedAt.Add(-time.Millisecond))) {
		t.Errorf("overlap until %v, rotate by %s", got.Key.OverlapUntil, got.Key.RotateBy)
	}
	credential, err := credentialstore.Find(t.Context(), db, id)
	if err != nil || !secret.Digest().Matches(credential.Digest) || old.Digest().Matches(credential.OldDigest) {
		t.Errorf("the credential does not contain only the new access key: %v", err)
	}
}

func TestRepeatedRotationReturnsNoAccessKey(t *testing.T) {
	db := storetest.Open(t).Table()
	h := newHandler(db)
	_, _, old := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + old.ID()
	by := storetest.Owner("acme")
	first, err := h.rotate(t.Context(), by, asking(id, 60, "once"))
	if err != nil || first.AccessKey == nil {
		t.Fatal(err)
	}
	again, err := h.rotate(t.Context(), by, asking(id, 60, "once"))
	if err != nil || again.AccessKey != nil || again.Notice != api.ShownOnce || !again.IsReplay() || again.Key.ID != id || again.ETag() != first.ETag() {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := h.rotate(t.Context(), by, asking(id, 61, "once")); !problem.Is(err, problem.InvalidField) {
		t.Errorf("with another body: %v, want invalid_field", err)
	}
	if _, err := h.rotate(t.Context(), by, asking(id, 60, "another")); !problem.Is(err, problem.WrongState) {
		t.Errorf("another one, during the overlap: %v, want wrong_state", err)
	}
	if _, err := h.rotate(t.Context(), by, asking(id, 60, "another")); !problem.Is(err, problem.WrongState) {
		t.Errorf("a refused request is decided again: %v, want wrong_state", err)
	}
}
