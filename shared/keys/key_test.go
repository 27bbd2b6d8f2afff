package keys_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var developer = auth.Principal{Kind: api.Person, ID: "p", Tenant: "acme", Role: api.Developer}

func parents() (applications.Application, arxes.Arx) {
	return applications.Application{ID: "app_1", Tenant: "acme", Name: "Billing", Status: api.ApplicationActive},
		arxes.Arx{ID: "arx_1", Tenant: "acme", Name: "EU", Status: api.ArxActive, Purpose: api.Staging, Cycle: api.Monthly}
}

func TestNewRefusesInvalidParents(t *testing.T) {
	past, now := noon.Add(-time.Second), noon
	for name, c := range map[string]struct {
		change func(*applications.Application, *arxes.Arx, *api.CreateKeyRequest)
		code   problem.Code
	}{
		"application disabled": {func(a *applications.Application, _ *arxes.Arx, _ *api.CreateKeyRequest) {
			a.Status = api.ApplicationDisabled
		}, problem.WrongState},
		"application archived": {func(a *applications.Application, _ *arxes.Arx, _ *api.CreateKeyRequest) {
			a.Status = api.ApplicationArchived
		}, problem.WrongState},
		"Arx disabled":                  {func(_ *applications.Application, x *arxes.Arx, _ *api.CreateKeyRequest) { x.Status = api.ArxDisabled }, problem.WrongState},
		"Arx deleted":                   {func(_ *applications.Application, x *arxes.Arx, _ *api.CreateKeyRequest) { x.Status = api.ArxDeleted }, problem.WrongState},
		"application of another tenant": {func(a *applications.Application, _ *arxes.Arx, _ *api.CreateKeyRequest) { a.Tenant = "other" }, ""},
		"Arx of another tenant":         {func(_ *applications.Application, x *arxes.Arx, _ *api.CreateKeyRequest) { x.Tenant = "other" }, ""},
		"expired before it is made":     {func(_ *applications.Application, _ *arxes.Arx, r *api.CreateKeyRequest) { r.ExpiresAt = &past }, problem.InvalidField},
		"expired as it is made":         {func(_ *applications.Application, _ *arxes.Arx, r *api.CreateKeyRequest) { r.ExpiresAt = &now }, problem.InvalidField},
	} {
		app, arx := parents()
		var req api.CreateKeyRequest
		c.change(&app, &arx, &req)
		_, secret, err := keys.New(developer, req, app, arx, noon, rand.Reader)
		if err == nil || c.code != "" && !problem.Is(err, c.code) || secret.Reveal() != "" {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestNewKeyBelongsToApplicationAndArx(t *testing.T) {
	app, arx := parents()
	k, secret, err := keys.New(developer, api.CreateKeyRequest{Name: "  nightly "}, app, arx, noon, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if k.Name != "nightly" || k.Tenant != "acme" || k.ApplicationID != "app_1" || k.ArxID != "arx_1" {
		t.Errorf("key %+v", k)
	}
	if !strings.HasPrefix(secret.Reveal(), "arxk_stg_"+strings.TrimPrefix(k.ID, "key_")) {
		t.Error("the access key does not start with its Arx's environment and the key's id")
	}
	if want := noon.AddDate(0, 1, 0); !k.RotateBy.Equal(want) {
		t.Errorf("rotate by %s, want %s", k.RotateBy, want)
	}
	for name, change := range k.Created() {
		if text, ok := change[1].(string); ok && strings.Contains(text, secret.Reveal()[30:]) {
			t.Errorf("the event's %s contains the secret", name)
		}
	}
}

func TestKeyCountsOnce(t *testing.T) {
	past, future := noon.Add(-time.Second), noon.Add(time.Second)
	for _, c := range []struct {
		state   api.KeyStatus
		expires *time.Time
		arx     api.ArxStatus
		want    api.KeyStatus
	}{
		{api.KeyDeleted, &past, api.ArxActive, api.KeyDeleted},
		{api.KeyDisabled, &past, api.ArxDeleted, api.KeyDeleted},
		{api.KeyDisabled, &past, api.ArxActive, api.KeyDisabled},
		{api.KeyActive, &past, api.ArxDisabled, api.KeyExpired},
		{api.KeyActive, &noon, api.ArxActive, api.KeyExpired},
		{api.KeyActive, &future, api.ArxActive, api.KeyActive},
		{api.KeyActive, nil, api.ArxActive, api.KeyActive},
	} {
		if got := (keys.Row{State: c.state, ExpiresAt: c.expires}).Status(noon, c.arx); got != c.want {
			t.Errorf("%s, expires %v, Arx %s: %s, want %s", c.state, c.expires, c.arx, got, c.want)
		}
	}
}

func TestDeletedKeyStaysDeleted(t *testing.T) {
	k := keys.Key{Row: keys.Row{State: api.KeyActive}, Version: 3}
	gone, err := k.Do(keys.Delete, noon, api.ArxActive)
	if err != nil || gone.State != api.KeyDeleted || gone.Version != 4 || !gone.DeletedAt.Equal(noon) {
		t.Errorf("deleted: %+v, %v", gone, err)
	}
	if _, err := gone.Do(keys.Delete, noon, api.ArxActive); !problem.Is(err, problem.WrongState) {
		t.Errorf("again: %v, want wrong_state", err)
	}
	if _, err := k.Do(keys.Delete, noon, api.ArxDeleted); !problem.Is(err, problem.WrongState) {
		t.Errorf("with a deleted Arx: %v, want wrong_state", err)
	}
}

func TestResponseSaysWhatTheCallerMayDo(t *testing.T) {
	app, arx := parents()
	k, _, err := keys.New(developer, api.CreateKeyRequest{}, app, arx, noon, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := keys.Details{Parents: keys.Parents{Arx: api.KeyArx{Status: api.ArxActive}}}
	if got := k.Response(developer, of, noon); !got.May("delete") || got.RotationDue || string(got.Metadata) != "{}" {
		t.Errorf("developer: %+v", got)
	}
	if got := k.Response(auth.Principal{Role: api.Verifier}, of, noon); got.May("delete") || got.Why["delete"] == "" {
		t.Errorf("verifier: %+v", got.Permits)
	}
	if got := k.Response(developer, of, k.RotateBy); !got.RotationDue || got.Status != api.KeyActive {
		t.Errorf("on the day of rotation: due %v, %s", got.RotationDue, got.Status)
	}
	of.Arx.Status = api.ArxDeleted
	if got := k.Response(developer, of, k.RotateBy); got.May("delete") || got.Status != api.KeyDeleted || got.RotationDue {
		t.Errorf("with a deleted Arx: %+v", got)
	}
}
