package storetest_test

import (
	"crypto/rand"
	"encoding/json"
	"flag"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// doing is a change of a key.
type doing = func(keys.Key, time.Time, api.ArxStatus) (keys.Key, error)

// only returns the change of an action without parameters.
func only(action lifecycle.Action) doing {
	return func(k keys.Key, now time.Time, arx api.ArxStatus) (keys.Key, error) { return k.Do(action, now, arx) }
}

func updating(req api.UpdateKeyRequest) doing {
	return func(k keys.Key, now time.Time, arx api.ArxStatus) (keys.Key, error) { return k.Update(req, now, arx) }
}

func expiring(at time.Time) doing {
	return updating(api.UpdateKeyRequest{ExpiresAt: api.Set(at)})
}

// parentsOf returns the parents of a key with the current status of its Arx.
func (h *stores) parentsOf(by auth.Principal, id string) keys.Parents {
	_, details, err := h.keys.Find(h.t.Context(), by.Tenant, id)
	if err != nil {
		h.t.Error(err)
	}
	return details.Parents
}

// transition returns a change function of a key whose Arx has the status, and its event.
func (h *stores) transition(by auth.Principal, operation string, do doing, arx api.ArxStatus) func(keys.Key) (keys.Key, audit.Event, error) {
	now := h.clock.now()
	return lifecycle.Transition(by, operation, api.Conditional{}, func(was keys.Key) (keys.Key, error) { return do(was, now, arx) }, rand.Reader)
}

func (h *stores) change(by auth.Principal, id, operation string, do doing) error {
	_, err := h.keys.Change(h.t.Context(), by.Tenant, id, h.transition(by, operation, do, h.parentsOf(by, id).Arx.Status))
	return err
}

func (h *stores) rotate(by auth.Principal, id string, overlap time.Duration, replace string, r requeststore.Request) (accesskey.Secret, error) {
	parents := h.parentsOf(by, id)
	arx, err := h.arxes.Get(h.t.Context(), by.Tenant, parents.Arx.ID)
	if err != nil {
		return accesskey.Secret{}, err
	}
	seconds := int(overlap / time.Second)
	req := api.RotateKeyRequest{OverlapSeconds: &seconds, Replace: replace}
	change := lifecycle.Transition(by, "keys.rotate", api.Conditional{}, func(was keys.Key) (keys.Rotation, error) { return was.Rotate(req, arx, h.clock.now(), rand.Reader) }, rand.Reader)
	rotation, err := h.keys.Rotate(h.t.Context(), by.Tenant, id, r, change)
	return rotation.Secret, err
}

func (h *stores) verdict(by auth.Principal, secret accesskey.Secret) api.Code {
	credential, err := credentialstore.Find(h.t.Context(), h.db, api.KeyPrefix+secret.ID())
	if err != nil {
		h.t.Error(err)
	}
	q := keys.Question{Tenant: by.Tenant, Digest: secret.Digest(), At: h.clock.now()}
	if !credential.Knows(q) {
		return api.CodeNotFound
	}
	app, arx, err := gatestore.New(h.db, 0).Find(h.t.Context(), credential.ApplicationID, credential.ArxID)
	if err != nil {
		h.t.Error(err)
	}
	return keys.Decide(credential, app, arx, q).Verdict.Code
}

func (h *stores) wantVerdicts(by auth.Principal, want map[accesskey.Secret]api.Code) {
	h.t.Helper()
	for secret, code := range want {
		if got := h.verdict(by, secret); got != code {
			h.t.Errorf("…%s: %s, want %s", secret.LastFour(), got, code)
		}
	}
}

func (h *stores) wantExpiring(by auth.Principal, want int) {
	h.t.Helper()
	if items := must(h.db.Query(h.t.Context(), table.ExpiringBetween(by.Tenant, time.UnixMilli(0), h.clock.now().AddDate(1000, 0, 0)), 0)); len(items) != want {
		h.t.Errorf("%d keys are recorded as expiring, want %d", len(items), want)
	}
}

func TestEachChangeOfAKeyIsCountedOnce(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, secret := h.key(by, app, arx, api.CreateKeyRequest{ExpiresAt: new(h.clock.now().Add(time.Hour))})
	step := func(name string, do doing, want api.KeyTotals, expiring int, code api.Code) {
		t.Helper()
		h.tick()
		if err := h.change(by, k.ID, name, do); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		h.wantTotals(by, want)
		h.wantExpiring(by, expiring)
		h.wantVerdicts(by, map[accesskey.Secret]api.Code{secret: code})
	}
	active, disabled, expired := api.KeyTotals{Total: 1, Active: 1}, api.KeyTotals{Total: 1, Disabled: 1}, api.KeyTotals{Total: 1, Expired: 1}
	step("rename", updating(api.UpdateKeyRequest{Name: api.Set("x")}), active, 1, api.CodeValid)
	step("disable", only(keys.Disable), disabled, 0, api.CodeDisabled)
	step("expire later while disabled", expiring(h.clock.now().Add(2*time.Hour)), disabled, 0, api.CodeDisabled)
	step("enable", only(keys.Enable), active, 1, api.CodeValid)
	step("expire sooner", expiring(h.clock.now().Add(time.Minute)), active, 1, api.CodeValid)
	h.clock.add(time.Minute)
	h.wantTotals(by, expired)
	step("rename while expired", updating(api.UpdateKeyRequest{Name: api.Set("y")}), expired, 1, api.CodeExpired)
	step("active again", expiring(h.clock.now().Add(time.Hour)), active, 1, api.CodeValid)
	step("disable again", only(keys.Disable), disabled, 0, api.CodeDisabled)
	h.clock.add(2 * time.Hour)
	h.wantTotals(by, disabled)
	step("enable an expired key", only(keys.Enable), expired, 0, api.CodeExpired)
	step("rename an expired key", updating(api.UpdateKeyRequest{Name: api.Set("z")}), expired, 0, api.CodeExpired)
	step("disable an expired key", only(keys.Disable), disabled, 0, api.CodeDisabled)
	step("expire never", updating(api.UpdateKeyRequest{ExpiresAt: api.Remove[time.Time]()}), disabled, 0, api.CodeDisabled)
	step("enable without expiry", only(keys.Enable), active, 0, api.CodeValid)
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	h.wantTotals(by, api.KeyTotals{Deleted: 1})
	for name, do := range map[string]doing{"disable": only(keys.Disable), "enable": only(keys.Enable), "rename": updating(api.UpdateKeyRequest{})} {
		if err := h.change(by, k.ID, name, do); !problem.Is(err, problem.WrongState) {
			t.Errorf("%s a deleted key: %v, want wrong_state", name, err)
		}
	}
	h.wantTotals(by, api.KeyTotals{Deleted: 1})
}

func TestChangedKeyIsReadAsWritten(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, secret := h.key(by, app, arx, api.CreateKeyRequest{Name: "x", Scopes: []string{"a"}, ExpiresAt: new(h.clock.now().Add(time.Hour)), Metadata: json.RawMessage(`{"n":1}`)})
	h.tick()
	var kept keys.Key
	for _, do := range []doing{
		updating(api.UpdateKeyRequest{
			Name: api.Remove[string](), Scopes: api.Set([]string{"b", "c"}), ExpiresAt: api.Remove[time.Time](), Metadata: api.Remove[json.RawMessage](),
		}), only(keys.Disable), only(keys.Enable),
	} {
		_, err := h.keys.Change(t.Context(), "acme", k.ID, func(was keys.Key) (keys.Key, audit.Event, error) {
			is, e, err := h.transition(by, "change", do, "")(was)
			kept = is
			kept.LastEvent = e.Hash
			return is, e, err
		})
		if err != nil {
			t.Fatal(err)
		}
		row := kept.Row
		kept.Counted = "" // only in the row
		if diff := cmp.Diff(kept, must(h.keys.Get(t.Context(), "acme", k.ID)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("key (-kept +read):\n%s", diff)
		}
		rows, _, err := h.page("acme", api.ListKeysRequest{}, h.clock.now())
		if diff := cmp.Diff([]keys.Row{row}, rows); diff != "" || err != nil {
			t.Errorf("row (-kept +read), %v:\n%s", err, diff)
		}
	}
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{secret: api.CodeValid})
}

func TestRotationKeepsPreviousAccessKeyUntilOverlapEnds(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, first := h.key(by, app, arx, api.CreateKeyRequest{})
	second := must(h.rotate(by, k.ID, time.Hour, "", requeststore.Request{}))
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{first: api.CodeValid, second: api.CodeValid})
	if _, err := h.rotate(by, k.ID, 0, "", requeststore.Request{}); !problem.Is(err, problem.WrongState) {
		t.Errorf("again, during the overlap: %v, want wrong_state", err)
	}
	for _, do := range []doing{only(keys.Disable), only(keys.Enable), updating(api.UpdateKeyRequest{Name: api.Set("x")})} {
		if err := h.change(by, k.ID, "change", do); err != nil {
			t.Fatal(err)
		}
	}
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{first: api.CodeValid, second: api.CodeValid})
	third := must(h.rotate(by, k.ID, 0, api.ReplaceNew, requeststore.Request{}))
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{first: api.CodeValid, second: api.CodeNotFound, third: api.CodeValid})
	h.clock.add(time.Hour)
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{first: api.CodeNotFound, second: api.CodeNotFound, third: api.CodeValid})
	if _, err := h.rotate(by, k.ID, 0, api.ReplaceNew, requeststore.Request{}); !problem.Is(err, problem.WrongState) {
		t.Errorf("replace after the overlap: %v, want wrong_state", err)
	}
	fourth := must(h.rotate(by, k.ID, time.Hour, "", requeststore.Request{}))
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{first: api.CodeNotFound, third: api.CodeValid, fourth: api.CodeValid})
	if err := h.change(by, k.ID, "keys.endoverlap", only(keys.EndOverlap)); err != nil {
		t.Fatal(err)
	}
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{third: api.CodeNotFound, fourth: api.CodeValid})
	fifth := must(h.rotate(by, k.ID, 0, "", requeststore.Request{}))
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{fourth: api.CodeNotFound, fifth: api.CodeValid})
	if c := must(credentialstore.Find(t.Context(), h.db, k.ID)); len(c.OldDigest) > 0 {
		t.Error("an unusable digest is kept")
	}
	h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1})
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{fifth: api.CodeNotFound})
}

func TestDeletedKeyKeepsNoDigest(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, first := h.key(by, app, arx, api.CreateKeyRequest{})
	second := must(h.rotate(by, k.ID, time.Hour, "", requeststore.Request{}))
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{first: api.CodeNotFound, second: api.CodeNotFound})
	if c := must(credentialstore.Find(t.Context(), h.db, k.ID)); len(c.Digest)+len(c.OldDigest) > 0 || c.OverlapUntil != nil {
		t.Errorf("kept: %d and %d bytes, until %v", len(c.Digest), len(c.OldDigest), c.OverlapUntil)
	}
}

// A repeated rotation, even one that runs while the first is in progress, makes one access key.
func TestRepeatedRotationIsExecutedOnce(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, first := h.key(by, app, arx, api.CreateKeyRequest{})
	requests := requeststore.Open(h.db)
	var made, again atomic.Int32
	var newest atomic.Pointer[accesskey.Secret]
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			r := must(requeststore.New(by, "keys.rotate "+k.ID, "once", nil, h.clock.now()))
			_, err := requeststore.Once(t.Context(), requests, r, func() (string, error) {
				secret, err := h.rotate(by, k.ID, time.Hour, "", r)
				if err == nil {
					made.Add(1)
					newest.Store(&secret)
				}
				return k.ID, err
			}, func(id string) (string, error) {
				again.Add(1)
				return id, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if made.Load() != 1 || again.Load() != 7 {
		t.Errorf("%d rotated, %d were told that it was done, want 1 and 7", made.Load(), again.Load())
	}
	h.wantVerdicts(by, map[accesskey.Secret]api.Code{first: api.CodeValid, *newest.Load(): api.CodeValid})
}

func TestRotateDeleteAndVerifyRace(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	for range 5 {
		k, first := h.key(by, app, arx, api.CreateKeyRequest{})
		var lock sync.Mutex
		secrets := []accesskey.Secret{first}
		var group sync.WaitGroup
		var gone atomic.Bool
		for range 6 {
			group.Go(func() {
				secret, err := h.rotate(by, k.ID, 0, "", requeststore.Request{})
				if err != nil && !problem.Is(err, problem.WrongState) && !problem.Is(err, problem.Unavailable) {
					t.Error(err)
				}
				if err == nil {
					lock.Lock()
					defer lock.Unlock()
					secrets = append(secrets, secret)
				}
			})
			group.Go(func() {
				deleted := gone.Load() // before the verification starts
				if code := h.verdict(by, first); deleted && code != api.CodeNotFound {
					t.Errorf("%s after delete returned", code)
				}
			})
		}
		group.Go(func() {
			for problem.Is(h.deleteKey(by, k.ID), problem.Unavailable) { // too many were first
			}
			gone.Store(true)
		})
		group.Wait()
		for _, secret := range secrets {
			h.wantVerdicts(by, map[accesskey.Secret]api.Code{secret: api.CodeNotFound})
		}
	}
	h.wantTotals(by, api.KeyTotals{Deleted: 5})
}

func TestDisableAndEnableRaceWithMovingExpiry(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	var group sync.WaitGroup
	for i := range 8 {
		for name, do := range map[string]doing{
			"disable": only(keys.Disable), "enable": only(keys.Enable),
			"expire": expiring(h.clock.now().Add(time.Duration(i+1) * time.Hour)), "never": updating(api.UpdateKeyRequest{ExpiresAt: api.Remove[time.Time]()}),
		} {
			group.Go(func() {
				if err := h.change(by, k.ID, name, do); err != nil && !problem.Is(err, problem.WrongState) && !problem.Is(err, problem.Unavailable) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	group.Wait()
	is := must(h.keys.Get(t.Context(), "acme", k.ID))
	switch {
	case is.State == api.KeyDisabled:
		h.wantTotals(by, api.KeyTotals{Total: 1, Disabled: 1})
		h.wantExpiring(by, 0)
	case is.ExpiresAt != nil:
		h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1})
		h.wantExpiring(by, 1)
		h.clock.set(*is.ExpiresAt)
		h.wantTotals(by, api.KeyTotals{Total: 1, Expired: 1})
	default:
		h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1})
		h.wantExpiring(by, 0)
	}
}

func TestListSortsAndCursorKeepsTheOrder(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	hour := func(n int) *time.Time { return new(h.clock.now().Add(time.Duration(n) * time.Hour)) }
	add := func(name string, expires *time.Time) string {
		k, _ := h.key(by, app, arx, api.CreateKeyRequest{Name: name, ExpiresAt: expires})
		return k.ID
	}
	b, a, none, c := add("b", hour(3)), add("A", nil), add("", hour(2)), add("c", hour(1))
	if err := h.change(by, a, "disable", only(keys.Disable)); err != nil {
		t.Fatal(err)
	}
	gone := add("ab", nil)
	if err := h.deleteKey(by, gone); err != nil {
		t.Fatal(err)
	}
	h.clock.add(time.Hour + time.Minute) // c expires
	for sort, want := range map[api.KeySort][]string{
		"":             {c, none, a, b},
		"-created_at":  {c, none, a, b},
		"created_at":   {b, a, none, c},
		"name":         {none, a, b, c},
		"-name":        {c, b, a, none},
		"status":       {b, none, a, c},
		"-status":      {c, a, none, b},
		"expires_at":   {c, none, b, a},
		"-expires_at":  {a, b, none, c},
		"rotate_by":    {b, a, none, c},
		"-rotate_by":   {c, none, a, b},
		"name deleted": {none, a, gone, b, c}, "created_at deleted": {b, a, none, c, gone}, "status deleted": {b, none, a, c, gone},
	} {
		req := api.ListKeysRequest{Sort: sort}
		if bare, deleted := cutDeleted(sort); deleted {
			req.Sort, req.Include = bare, "deleted"
		}
		if err := req.Validate(); err != nil {
			t.Error(err)
		}
		for limit := range 6 {
			req.Limit = limit
			if diff := cmp.Diff(want, h.ids(by, req)); diff != "" {
				t.Errorf("%q in pages of %d (-want +got):\n%s", sort, limit, diff)
			}
		}
	}
	_, next, err := h.page("acme", api.ListKeysRequest{Page: api.Page{Limit: 1}, Sort: api.ByName}, h.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	for _, sort := range []api.KeySort{"", api.ByNameBack, api.OldestFirst} {
		if _, _, err := h.page("acme", api.ListKeysRequest{Page: api.Page{Cursor: *next}, Sort: sort}, h.clock.now()); !problem.Is(err, problem.InvalidField) {
			t.Errorf("a cursor of another order than %q: %v, want invalid_field", sort, err)
		}
	}
}

func cutDeleted(sort api.KeySort) (api.KeySort, bool) {
	const mark = " deleted"
	if n := len(sort) - len(mark); n > 0 && sort[n:] == mark {
		return sort[:n], true
	}
	return sort, false
}

// modelled is the model of a key.
type modelled struct {
	disabled, deleted bool
	expires           time.Time // zero: never
	newest, older     accesskey.Secret
	until             time.Time // of the older one
}

func (m modelled) status(now time.Time) api.KeyStatus {
	switch {
	case m.deleted:
		return api.KeyDeleted
	case m.disabled:
		return api.KeyDisabled
	case !m.expires.IsZero() && !now.Before(m.expires):
		return api.KeyExpired
	}
	return api.KeyActive
}

// Whatever happens to keys, in any order and at any time: the store refuses what the model refuses, and
// rows, totals, expiring items and verdicts match the model.
func TestKeysMatchTheirModel(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	before := api.KeyTotals{} // of the runs before
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		checks.Value.Set("12") // histories of about 30 changes; each looks at everything after each change
	}
	rapid.Check(t, func(r *rapid.T) {
		model := map[string]*modelled{}
		var ids []string
		some := func(r *rapid.T) (string, *modelled) {
			if len(ids) == 0 {
				r.Skip("no key yet")
			}
			id := rapid.SampledFrom(ids).Draw(r, "key")
			return id, model[id]
		}
		// expect checks the result of a change that the model allows or not.
		expect := func(r *rapid.T, allowed bool, err error) {
			if allowed != (err == nil) || !allowed && !problem.Is(err, problem.WrongState) {
				r.Fatalf("%v, want allowed %v", err, allowed)
			}
		}
		later := func(r *rapid.T) time.Time {
			return h.clock.now().Add(time.Duration(rapid.IntRange(1, 5).Draw(r, "minutes")) * time.Minute)
		}
		r.Repeat(map[string]func(*rapid.T){
			"create": func(r *rapid.T) {
				if len(ids) == 4 {
					r.Skip("enough keys")
				}
				m := &modelled{}
				var req api.CreateKeyRequest
				if rapid.Bool().Draw(r, "expires") {
					m.expires = later(r)
					req.ExpiresAt = &m.expires
				}
				k, secret := h.key(by, app, arx, req)
				m.newest = secret
				ids, model[k.ID] = append(ids, k.ID), m
			},
			"disable": func(r *rapid.T) {
				id, m := some(r)
				allowed := !m.disabled && !m.deleted
				expect(r, allowed, h.change(by, id, "keys.disable", only(keys.Disable)))
				m.disabled = m.disabled || allowed
			},
			"enable": func(r *rapid.T) {
				id, m := some(r)
				allowed := m.disabled && !m.deleted
				expect(r, allowed, h.change(by, id, "keys.enable", only(keys.Enable)))
				m.disabled = m.disabled && !allowed
			},
			"expire": func(r *rapid.T) {
				id, m := some(r)
				at := later(r)
				expect(r, !m.deleted, h.change(by, id, "keys.update", expiring(at)))
				if !m.deleted {
					m.expires = at
					if m.until.After(at) {
						m.until = at
					}
				}
			},
			"expire never": func(r *rapid.T) {
				id, m := some(r)
				expect(r, !m.deleted, h.change(by, id, "keys.update", updating(api.UpdateKeyRequest{ExpiresAt: api.Remove[time.Time]()})))
				if !m.deleted {
					m.expires = time.Time{}
				}
			},
			"rename": func(r *rapid.T) {
				id, m := some(r)
				expect(r, !m.deleted, h.change(by, id, "keys.update", updating(api.UpdateKeyRequest{Name: api.Set("x")})))
			},
			"rotate": func(r *rapid.T) {
				id, m := some(r)
				overlap := time.Duration(rapid.IntRange(0, 3).Draw(r, "overlap")) * time.Minute
				status := m.status(h.clock.now())
				allowed := (status == api.KeyActive || status == api.KeyDisabled) && !h.clock.now().Before(m.until)
				secret, err := h.rotate(by, id, overlap, "", requeststore.Request{})
				expect(r, allowed, err)
				if allowed {
					m.newest, m.older, m.until = secret, m.newest, h.clock.now().Add(overlap)
					if !m.expires.IsZero() && m.until.After(m.expires) {
						m.until = m.expires
					}
				}
			},
			"replace": func(r *rapid.T) {
				id, m := some(r)
				status := m.status(h.clock.now())
				allowed := (status == api.KeyActive || status == api.KeyDisabled) && h.clock.now().Before(m.until)
				secret, err := h.rotate(by, id, 0, api.ReplaceNew, requeststore.Request{})
				expect(r, allowed, err)
				if allowed {
					m.newest = secret
				}
			},
			"end overlap": func(r *rapid.T) {
				id, m := some(r)
				status := m.status(h.clock.now())
				allowed := (status == api.KeyActive || status == api.KeyDisabled) && h.clock.now().Before(m.until)
				expect(r, allowed, h.change(by, id, "keys.endoverlap", only(keys.EndOverlap)))
				if allowed {
					m.until = time.Time{}
				}
			},
			"delete": func(r *rapid.T) {
				id, m := some(r)
				expect(r, !m.deleted, h.deleteKey(by, id))
				m.deleted = true
			},
			"sweep": func(r *rapid.T) {
				if _, err := h.keys.Sweep(t.Context(), h.clock.now()); err != nil {
					r.Fatal(err)
				}
			},
			"time passes": func(r *rapid.T) { h.clock.set(later(r)) },
			"": func(r *rapid.T) {
				want, marks := before, 0
				for id, m := range model {
					status := m.status(h.clock.now())
					count(&want, status)
					if status == api.KeyActive && !m.expires.IsZero() {
						marks++
					}
					newest, older := verdictOf(status), verdictOf(status)
					if !h.clock.now().Before(m.until) {
						older = api.CodeNotFound
					}
					if got := h.verdict(by, m.newest); got != newest {
						r.Fatalf("%s, the newest: %s, want %s", id, got, newest)
					}
					if m.older != (accesskey.Secret{}) {
						if got := h.verdict(by, m.older); got != older {
							r.Fatalf("%s, the older: %s, want %s", id, got, older)
						}
					}
				}
				got := must(h.counts.Keys(t.Context(), "acme", h.clock.now()))
				if diff := cmp.Diff(want, got); diff != "" {
					r.Fatalf("totals (-want +got):\n%s", diff)
				}
				future := table.ExpiringBetween("acme", h.clock.now().Add(time.Millisecond), h.clock.now().AddDate(1000, 0, 0))
				if items := must(h.db.Query(t.Context(), future, 0)); len(items) != marks {
					r.Fatalf("%d keys are recorded as expiring, want %d", len(items), marks)
				}
				rows, _, err := h.page("acme", api.ListKeysRequest{Page: api.Page{Limit: 100}, Include: "deleted"}, h.clock.now())
				if err != nil {
					r.Fatal(err)
				}
				for _, row := range rows {
					if m := model[row.ID]; m != nil && row.Status(h.clock.now(), api.ArxActive) != m.status(h.clock.now()) {
						r.Fatalf("the row of %s is %s, want %s", row.ID, row.Status(h.clock.now(), api.ArxActive), m.status(h.clock.now()))
					}
				}
			},
		})
		for _, id := range ids { // so that the keys of this run do not change later
			if !model[id].deleted {
				if err := h.deleteKey(by, id); err != nil {
					r.Fatal(err)
				}
			}
			before.Deleted++
		}
	})
}

func count(totals *api.KeyTotals, status api.KeyStatus) {
	switch status {
	case api.KeyActive:
		totals.Active++
	case api.KeyDisabled:
		totals.Disabled++
	case api.KeyExpired:
		totals.Expired++
	default:
		totals.Deleted++
		return
	}
	totals.Total++
}

func verdictOf(status api.KeyStatus) api.Code {
	return map[api.KeyStatus]api.Code{
		api.KeyActive: api.CodeValid, api.KeyDisabled: api.CodeDisabled, api.KeyExpired: api.CodeExpired, api.KeyDeleted: api.CodeNotFound,
	}[status]
}
