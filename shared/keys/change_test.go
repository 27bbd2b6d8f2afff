package keys_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var noonArx = arxes.Arx{ID: "arx_1", Tenant: "acme", Status: api.ArxActive, Cycle: api.Monthly}

// standing returns a key in the state.
func standing(state api.KeyStatus) keys.Key {
	k := keys.Key{
		Row:    keys.Row{ID: "key_0123456789abcdef", ApplicationID: "app_1", ArxID: "arx_1", Env: "dev", State: state, CreatedAt: noon, RotateBy: noon.AddDate(0, 1, 0)},
		Tenant: "acme", UpdatedAt: noon, Version: 1,
	}
	if state == api.KeyExpired {
		k.State, k.ExpiresAt = api.KeyActive, new(noon.Add(-time.Second))
	}
	return k
}

func overlap(seconds int) api.RotateKeyRequest {
	return api.RotateKeyRequest{OverlapSeconds: &seconds}
}

func replacement() api.RotateKeyRequest {
	r := overlap(0)
	r.Replace = api.ReplaceNew
	return r
}

// doings are all changes, by their names in can and why.
var doings = map[string]func(keys.Key, api.ArxStatus) (keys.Key, error){
	"update": func(k keys.Key, arx api.ArxStatus) (keys.Key, error) {
		return k.Update(api.UpdateKeyRequest{}, noon, arx)
	},
	"disable":     func(k keys.Key, arx api.ArxStatus) (keys.Key, error) { return k.Do(keys.Disable, noon, arx) },
	"enable":      func(k keys.Key, arx api.ArxStatus) (keys.Key, error) { return k.Do(keys.Enable, noon, arx) },
	"end_overlap": func(k keys.Key, arx api.ArxStatus) (keys.Key, error) { return k.Do(keys.EndOverlap, noon, arx) },
	"delete":      func(k keys.Key, arx api.ArxStatus) (keys.Key, error) { return k.Do(keys.Delete, noon, arx) },
	"rotate": func(k keys.Key, arx api.ArxStatus) (keys.Key, error) {
		r, err := k.Rotate(overlap(60), arxes.Arx{Status: arx, Cycle: api.Monthly}, noon, rand.Reader)
		return r.Key, err
	},
	"replace": func(k keys.Key, arx api.ArxStatus) (keys.Key, error) {
		r, err := k.Rotate(replacement(), arxes.Arx{Status: arx, Cycle: api.Monthly}, noon, rand.Reader)
		return r.Key, err
	},
}

func TestChangesAreAllowedAsTheTableSays(t *testing.T) {
	allowed := map[string]string{ // by state, a * where a rotation is in its overlap
		"active": "delete disable rotate update", "active*": "delete disable end_overlap replace update",
		"disabled": "delete enable rotate update", "disabled*": "delete enable end_overlap replace update",
		"expired": "delete disable update", "expired*": "delete disable update",
		"deleted": "", "deleted*": "",
	}
	for name, doable := range allowed {
		state, overlaps := strings.CutSuffix(name, "*")
		for _, arx := range []api.ArxStatus{api.ArxActive, api.ArxDisabled, api.ArxDeleted} {
			k := standing(api.KeyStatus(state))
			if overlaps {
				k.OverlapUntil = new(noon.Add(time.Minute))
			}
			told := k.Response(developer, keys.Details{Parents: keys.Parents{Arx: api.KeyArx{Status: arx}}}, noon)
			for do, change := range doings {
				want := arx != api.ArxDeleted && strings.Contains(" "+doable+" ", " "+do+" ")
				is, err := change(k, arx)
				if want != (err == nil) || !want && !problem.Is(err, problem.WrongState) {
					t.Errorf("%s while %s, Arx %s: %v, want allowed %v", do, name, arx, err, want)
				}
				if told.May(do) != want || !want && told.Why[do] != problem.Of(err).Detail {
					t.Errorf("%s while %s, Arx %s: can %v, why %q; got %v", do, name, arx, told.May(do), told.Why[do], err)
				}
				if err == nil && (is.Version != 2 || !is.UpdatedAt.After(noon)) {
					t.Errorf("%s while %s: version %d of %s", do, name, is.Version, is.UpdatedAt)
				}
			}
			if len(told.Can) != len(doings) {
				t.Errorf("can %v", told.Can)
			}
		}
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	overlapping := standing(api.KeyActive)
	overlapping.OverlapUntil = new(noon.Add(time.Hour))
	for _, c := range []struct {
		k   keys.Key
		do  string
		why string
	}{
		{standing(api.KeyActive), "enable", "It is already active."},
		{standing(api.KeyDisabled), "disable", "It is already disabled."},
		{standing(api.KeyDeleted), "delete", "It is already deleted."},
		{standing(api.KeyDeleted), "enable", "It is deleted. Deleted keys cannot be restored."},
		{standing(api.KeyExpired), "enable", "It is expired. Give it a later expiry, or none."},
		{standing(api.KeyExpired), "rotate", "It is expired. Give it a later expiry, or none."},
		{standing(api.KeyActive), "replace", "It has only one access key: no overlap is in progress."},
		{overlapping, "rotate", "The previous access key stays valid until 23 November 2026, 13:00 UTC. End the overlap first, or replace the newest access key."},
	} {
		if _, err := doings[c.do](c.k, api.ArxActive); problem.Of(err).Detail != c.why {
			t.Errorf("%s: %v, want %q", c.do, err, c.why)
		}
	}
}

func TestRotationKeepsPreviousForItsOverlapButNotPastExpiry(t *testing.T) {
	expiry := noon.Add(time.Hour)
	for _, c := range []struct {
		seconds int
		expires *time.Time
		want    *time.Time
	}{
		{0, nil, nil},
		{0, &expiry, nil},
		{60, nil, new(noon.Add(time.Minute))},
		{3600, &expiry, &expiry},
		{604800, &expiry, &expiry},
	} {
		k := standing(api.KeyActive)
		k.ExpiresAt, k.RotateBy = c.expires, noon.Add(-time.Hour)
		r, err := k.Rotate(overlap(c.seconds), noonArx, noon, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, r.Key.OverlapUntil); diff != "" || r.Replaced {
			t.Errorf("%d s, expires %v (-want +got):\n%s", c.seconds, c.expires, diff)
		}
		if r.Key.LastFour != r.Secret.LastFour() || "key_"+r.Secret.ID() != k.ID || r.Secret.Env() != k.Env || !r.Key.RotateBy.Equal(noon.AddDate(0, 1, 0)) {
			t.Errorf("%+v does not match its access key or its Arx's cycle", r.Key)
		}
	}
}

func TestReplacementKeepsTheOverlap(t *testing.T) {
	k := standing(api.KeyActive)
	k.OverlapUntil = new(noon.Add(time.Minute))
	r, err := k.Rotate(replacement(), noonArx, noon, rand.Reader)
	if err != nil || !r.Replaced || !r.Key.OverlapUntil.Equal(noon.Add(time.Minute)) {
		t.Errorf("%+v, %v", r.Key, err)
	}
	if _, err := k.Rotate(replacement(), noonArx, noon.Add(time.Minute), rand.Reader); !problem.Is(err, problem.WrongState) {
		t.Errorf("after the overlap: %v, want wrong_state", err)
	}
}

func TestNoRandomnessNoAccessKey(t *testing.T) {
	broken := errors.New("broken")
	if r, err := standing(api.KeyActive).Rotate(overlap(0), noonArx, noon, iotest.ErrReader(broken)); !errors.Is(err, broken) || r.Secret.Reveal() != "" {
		t.Errorf("%v", err)
	}
}

func TestUpdateChangesOnlyTheNamedFields(t *testing.T) {
	was := standing(api.KeyActive)
	was.Name, was.Scopes, was.Metadata, was.ExpiresAt = "nightly", []string{"a"}, json.RawMessage(`{"n":1}`), new(noon.Add(time.Hour))
	update := func(req api.UpdateKeyRequest) keys.Key {
		t.Helper()
		is, err := was.Update(req, noon, api.ArxActive)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	want := was
	want.Version, want.UpdatedAt, want.Counted = 2, noon.Add(time.Millisecond), api.KeyActive
	if diff := cmp.Diff(want, update(api.UpdateKeyRequest{})); diff != "" {
		t.Errorf("nothing named (-want +got):\n%s", diff)
	}
	want.Name, want.Scopes, want.Metadata, want.ExpiresAt = "", nil, nil, nil
	got := update(api.UpdateKeyRequest{
		Name: api.Remove[string](), Scopes: api.Remove[[]string](), Metadata: api.Remove[json.RawMessage](), ExpiresAt: api.Remove[time.Time](),
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all removed (-want +got):\n%s", diff)
	}
	want.Name, want.Scopes, want.Metadata, want.ExpiresAt = "hourly", []string{"b"}, json.RawMessage(`{"m":2}`), new(noon.Add(time.Minute))
	got = update(api.UpdateKeyRequest{
		Name: api.Set(" hourly "), Scopes: api.Set([]string{"b"}), Metadata: api.Set(json.RawMessage(`{"m":2}`)), ExpiresAt: api.Set(noon.Add(time.Minute)),
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all new (-want +got):\n%s", diff)
	}
}

func TestExpiryMoves(t *testing.T) {
	update := func(k keys.Key, at time.Time) (keys.Key, error) {
		return k.Update(api.UpdateKeyRequest{ExpiresAt: api.Set(at)}, noon, api.ArxActive)
	}
	if _, err := update(standing(api.KeyActive), noon); !problem.Is(err, problem.InvalidField) {
		t.Errorf("to the present: %v, want invalid_field", err)
	}
	past := standing(api.KeyExpired)
	if is, err := update(past, *past.ExpiresAt); err != nil || is.Counted != api.KeyExpired {
		t.Errorf("to what it is: %s, %v", is.Counted, err)
	}
	if is, err := update(past, noon.Add(time.Hour)); err != nil || is.Counted != api.KeyActive || is.Status(noon, api.ArxActive) != api.KeyActive {
		t.Errorf("to the future again: %s, %v", is.Counted, err)
	}
	overlapping := standing(api.KeyActive)
	overlapping.OverlapUntil = new(noon.Add(time.Hour))
	if is, err := update(overlapping, noon.Add(time.Minute)); err != nil || !is.OverlapUntil.Equal(noon.Add(time.Minute)) {
		t.Errorf("to before the end of the overlap: until %v, %v", is.OverlapUntil, err)
	}
	if is, err := update(overlapping, noon.Add(2*time.Hour)); err != nil || !is.OverlapUntil.Equal(noon.Add(time.Hour)) {
		t.Errorf("to after the end of the overlap: until %v, %v", is.OverlapUntil, err)
	}
}

func TestEventContainsChangesAndNoSecret(t *testing.T) {
	was := standing(api.KeyActive)
	was.LastFour, was.LastEvent = "aaaa", "hash"
	rotate := func(was keys.Key) (keys.Rotation, error) { return was.Rotate(overlap(60), noonArx, noon, rand.Reader) }
	r, e, err := lifecycle.Transition(developer, "keys.rotate", api.Conditional{}, rotate, rand.Reader)(was)
	if err != nil || e.Previous != "hash" || !e.Intact() {
		t.Errorf("%+v, %v", e, err)
	}
	want := audit.Changes{
		"overlap_until": {nil, api.FormatTime(noon.Add(time.Minute))},
		"hint":          {"arxk_dev_0123456789abcdef…aaaa", "arxk_dev_0123456789abcdef…" + r.Secret.LastFour()},
	}
	if diff := cmp.Diff(want, e.Changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	disable := func(was keys.Key) (keys.Key, error) { return was.Do(keys.Disable, noon, api.ArxActive) }
	_, e, err = lifecycle.Transition(developer, "keys.disable", api.Conditional{}, disable, rand.Reader)(standing(api.KeyExpired))
	if diff := cmp.Diff(audit.Changes{"status": {api.KeyExpired, api.KeyDisabled}}, e.Changes); diff != "" || err != nil {
		t.Errorf("(-want +got) %v:\n%s", err, diff)
	}
}
