package e2e

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// effects calls operations, and compares the effective_by of each response.
type effects struct {
	*laptop
	t      *testing.T
	called map[string]bool
}

// effect calls the operation, whose change must take effect within the delay. A negative delay means that the response
// must not have an effect.
func effect[Req api.Request, Res any](e *effects, delay time.Duration, op api.Operation[Req, Res], req Req) Res {
	e.t.Helper()
	c := &client.Client{BaseURL: e.url(), Authorization: func(context.Context) (string, error) { return e.managementKey(), nil }}
	before := time.Now()
	res, err := client.Call(e.t.Context(), c, op, req)
	after := time.Now()
	if err != nil {
		e.t.Fatalf("%s: %v", op.Name, err)
	}
	e.called[op.Name] = true
	var body struct {
		api.Effect
		Key api.Effect `json:"key"` // of a rotation
	}
	text, err := json.Marshal(res)
	if err != nil {
		e.t.Fatal(err)
	}
	if delay < 0 {
		if strings.Contains(string(text), "effective_by") {
			e.t.Errorf("%s changes nothing, and answers %s", op.Name, text)
		}
		return res
	}
	if err := json.Unmarshal(text, &body); err != nil {
		e.t.Fatal(err)
	}
	at := body.EffectiveBy
	if at == nil {
		at = body.Key.EffectiveBy
	}
	// The clocks are the same. The wire has milliseconds.
	if at == nil || at.Before(before.Add(delay).Truncate(time.Millisecond)) || at.After(after.Add(delay+time.Millisecond)) {
		e.t.Errorf("%s, called from %s to %s, answers %s, want its effect %s later", op.Name, before, after, text, delay)
	}
	return res
}

// TestChangesTellWhenTheyTakeEffect calls every operation of a stack whose caches have times of their own. Exactly those
// that change an existing resource say when the change has taken effect.
func TestChangesTellWhenTheyTakeEffect(t *testing.T) {
	const gates, principals, none = 90 * time.Second, 3 * time.Minute, time.Duration(-1)
	l := newLaptop(t.TempDir())
	l.parameters = map[string]string{"GateTtl": "90s", "PrincipalTtl": "3m"}
	t.Cleanup(l.stop)
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	e := &effects{laptop: l, t: t, called: map[string]bool{}}

	app := effect(e, none, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server})
	effect(e, none, api.GetApplication, api.ApplicationID{ID: app.ID})
	effect(e, none, api.ListApplications, api.ListApplicationsRequest{})
	effect(e, gates, api.UpdateApplication, api.UpdateApplicationRequest{ID: app.ID, Name: api.Set("Invoices")})

	arx := effect(e, none, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}})
	other := effect(e, none, api.CreateArx, api.CreateArxRequest{Name: "US", Regions: []string{"us-east-1"}})
	effect(e, none, api.GetArx, api.ArxID{ID: arx.ID})
	effect(e, none, api.ListArxes, api.ListArxesRequest{})
	effect(e, gates, api.UpdateArx, api.UpdateArxRequest{ID: arx.ID, Endpoint: api.Set("https://arx.example")})
	effect(e, 0, api.SetDefaultArx, api.Target{ID: other.ID})

	created := effect(e, none, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID})
	key := created.Key.ID
	effect(e, none, api.GetKey, api.KeyID{ID: key})
	effect(e, none, api.ListKeys, api.ListKeysRequest{})
	effect(e, 0, api.UpdateKey, api.UpdateKeyRequest{ID: key, Name: api.Set("nightly export")})
	effect(e, 0, api.DisableKey, api.Target{ID: key})
	effect(e, 0, api.EnableKey, api.Target{ID: key})
	rotation := api.RotateKeyRequest{ID: key, OverlapSeconds: new(3600)}
	rotation.IdempotencyKey = "once"
	effect(e, 0, api.RotateKey, rotation)
	if repeated := effect(e, 0, api.RotateKey, rotation); repeated.AccessKey != nil {
		t.Error("a repeated rotation returns an access key")
	}
	effect(e, 0, api.EndKeyOverlap, api.Target{ID: key})
	effect(e, none, api.VerifyKey, api.VerifyKeyRequest{Key: *created.AccessKey})
	effect(e, none, api.GetKeyUsage, api.KeyUsageRequest{ID: key})
	effect(e, 0, api.DeleteKey, api.Target{ID: key})
	effect(e, none, api.GetKey, api.KeyID{ID: key})

	effect(e, gates, api.DisableArx, api.Target{ID: arx.ID})
	effect(e, gates, api.EnableArx, api.Target{ID: arx.ID})
	effect(e, gates, api.DeleteArx, api.Target{ID: arx.ID})
	effect(e, gates, api.DisableApplication, api.Target{ID: app.ID})
	effect(e, gates, api.ArchiveApplication, api.Target{ID: app.ID})
	effect(e, gates, api.UnarchiveApplication, api.Target{ID: app.ID})
	effect(e, gates, api.EnableApplication, api.Target{ID: app.ID})
	effect(e, none, api.GetApplication, api.ApplicationID{ID: app.ID})

	management := effect(e, none, api.CreateManagementKey, api.CreateManagementKeyRequest{Name: "ci", Role: api.Verifier})
	id := management.ManagementKey.ID
	effect(e, none, api.GetManagementKey, api.ManagementKeyID{ID: id})
	effect(e, none, api.ListManagementKeys, api.ListManagementKeysRequest{})
	effect(e, principals, api.DeleteManagementKey, api.Target{ID: id})

	effect(e, none, api.GetOverview, api.Nothing{})
	effect(e, none, api.ListEvents, api.ListEventsRequest{})
	effect(e, none, api.GetMe, api.Nothing{})

	for _, op := range api.Operations() {
		change := op.Request.Implements(reflect.TypeFor[api.Change]())
		if change && !e.called[op.Name] {
			t.Errorf("%s changes a resource, and is not called: %v", op.Name, slices.Sorted(maps.Keys(e.called)))
		}
	}
}
