package change

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// do calls the operation of an action.
func do(t *testing.T, db *table.Table, op api.Operation[api.Target, api.Key], action lifecycle.Action, tenant, id string) (api.Key, error) {
	t.Helper()
	return Handler(db, op, Do(action))(t.Context(), storetest.Owner(tenant), api.Target{ID: id})
}

func rotate(t *testing.T, db *table.Table, id string, arx arxes.Arx) accesskey.Secret {
	t.Helper()
	decide := func(was keys.Key) (keys.Rotation, error) {
		return was.Rotate(api.RotateKeyRequest{OverlapSeconds: new(3600)}, arx, time.Now(), rand.Reader)
	}
	change := lifecycle.Transition(storetest.Owner("acme"), api.RotateKey.Name, api.Conditional{}, decide, rand.Reader)
	rotation, err := keystore.New(db).Rotate(t.Context(), "acme", id, requeststore.Request{}, change)
	if err != nil {
		t.Fatal(err)
	}
	return rotation.Secret
}

func TestTransitionsReturnTheChangedKey(t *testing.T) {
	db := storetest.Open(t).Table()
	app, arx, secret := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + secret.ID()
	newest := rotate(t, db, id, arx)
	credential := func() keys.Credential {
		found, err := credentialstore.Find(t.Context(), db, id)
		if err != nil {
			t.Error(err)
		}
		return found
	}
	for _, step := range []struct {
		op    api.Operation[api.Target, api.Key]
		do    lifecycle.Action
		to    api.KeyStatus
		next  string // what can be done then; empty: nothing
		holds func() bool
	}{
		{api.DisableKey, keys.Disable, api.KeyDisabled, "enable", func() bool { return len(credential().OldDigest) > 0 }},
		{api.EnableKey, keys.Enable, api.KeyActive, "disable", func() bool { return len(credential().OldDigest) > 0 }},
		{api.EndKeyOverlap, keys.EndOverlap, api.KeyActive, "rotate", func() bool {
			return newest.Digest().Matches(credential().Digest) && len(credential().OldDigest) == 0
		}},
		{api.DeleteKey, keys.Delete, api.KeyDeleted, "", func() bool {
			return len(credential().Digest) == 0 && credential().State == api.KeyDeleted
		}},
	} {
		refused := func(tenant, id string, code problem.Code) {
			t.Helper()
			if got, err := do(t, db, step.op, step.do, tenant, id); !problem.Is(err, code) || got.ID != "" {
				t.Errorf("%s %s of %s: %+v, %v, want %s", step.do, id, tenant, got, err, code)
			}
		}
		refused("other", id, problem.NotFound)
		refused("acme", "key_0123456789abcdef", problem.NotFound)
		stale := api.Target{ID: id, Conditional: api.IfVersion("99")}
		if got, err := Handler(db, step.op, Do(step.do))(t.Context(), storetest.Owner("acme"), stale); !problem.Is(err, problem.Changed) || got.ID != "" {
			t.Errorf("%s with an outdated ETag: %+v, %v, want changed_meanwhile", step.do, got, err)
		}
		got, err := do(t, db, step.op, step.do, "acme", id)
		if err != nil || got.ID != id || got.Status != step.to || got.Application.Name != app.Name {
			t.Errorf("%s: %+v, %v", step.do, got, err)
		}
		if got.May(string(step.do)) || step.next != "" && !got.May(step.next) {
			t.Errorf("%s: permits %+v", step.do, got.Permits)
		}
		if !step.holds() {
			t.Errorf("%s: the credential does not match the status %s", step.do, step.to)
		}
		refused("acme", id, problem.WrongState)
	}
	if got, err := do(t, db, api.EnableKey, keys.Enable, "acme", id); !problem.Is(err, problem.WrongState) {
		t.Errorf("enable a deleted key: %+v, %v, want wrong_state", got, err)
	}
}

func TestEndOverlapNeedsAnOverlap(t *testing.T) {
	db := storetest.Open(t).Table()
	_, arx, old := storetest.Key(t, db, "acme")
	id := api.KeyPrefix + old.ID()
	if _, err := do(t, db, api.EndKeyOverlap, keys.EndOverlap, "acme", id); !problem.Is(err, problem.WrongState) {
		t.Errorf("before any rotation: %v, want wrong_state", err)
	}
	rotate(t, db, id, arx)
	got, err := do(t, db, api.EndKeyOverlap, keys.EndOverlap, "acme", id)
	if err != nil || got.OverlapUntil != nil || got.May("end_overlap") || !got.May("rotate") {
		t.Errorf("%+v, %v", got, err)
	}
}
