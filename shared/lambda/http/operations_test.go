package lambdahttp_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// TestEveryOperationRefuses sends each operation the same bad requests. Add a line for a new operation; the
// count enforces it.
func TestEveryOperationRefuses(t *testing.T) {
	for name, doors := range exercises() {
		t.Run(name, doors.refuse)
	}
	if exercised := len(exercises()); exercised != len(api.Operations()) {
		t.Errorf("%d operations are exercised, there are %d", exercised, len(api.Operations()))
	}
}

// doors are the bad requests of an operation.
type doors struct {
	refuse func(*testing.T)
	empty  func(*testing.T)                                 // checks that empty values are not treated as omitted
	read   func(testing.TB, events.APIGatewayV2HTTPRequest) // checks that the event is decoded correctly or refused
	takes  func(t testing.TB, place api.Place, name, text string) (status int, taken bool)
}

// exercises are those of all operations, by name.
func exercises() map[string]doors {
	return map[string]doors{
		api.CreateApplication.Name:    exercise(api.CreateApplication),
		api.ListApplications.Name:     exercise(api.ListApplications),
		api.GetApplication.Name:       exercise(api.GetApplication),
		api.UpdateApplication.Name:    exercise(api.UpdateApplication),
		api.DisableApplication.Name:   exercise(api.DisableApplication),
		api.EnableApplication.Name:    exercise(api.EnableApplication),
		api.ArchiveApplication.Name:   exercise(api.ArchiveApplication),
		api.UnarchiveApplication.Name: exercise(api.UnarchiveApplication),
		api.CreateArx.Name:            exercise(api.CreateArx),
		api.ListArxes.Name:            exercise(api.ListArxes),
		api.GetArx.Name:               exercise(api.GetArx),
		api.UpdateArx.Name:            exercise(api.UpdateArx),
		api.DisableArx.Name:           exercise(api.DisableArx),
		api.EnableArx.Name:            exercise(api.EnableArx),
		api.SetDefaultArx.Name:        exercise(api.SetDefaultArx),
		api.DeleteArx.Name:            exercise(api.DeleteArx),
		api.CreateKey.Name:            exercise(api.CreateKey),
		api.ListKeys.Name:             exercise(api.ListKeys),
		api.GetKey.Name:               exercise(api.GetKey),
		api.UpdateKey.Name:            exercise(api.UpdateKey),
		api.DisableKey.Name:           exercise(api.DisableKey),
		api.EnableKey.Name:            exercise(api.EnableKey),
		api.RotateKey.Name:            exercise(api.RotateKey),
		api.EndKeyOverlap.Name:        exercise(api.EndKeyOverlap),
		api.DeleteKey.Name:            exercise(api.DeleteKey),
		api.VerifyKey.Name:            exercise(api.VerifyKey),
		api.GetKeyUsage.Name:          exercise(api.GetKeyUsage),
		api.CreateManagementKey.Name:  exercise(api.CreateManagementKey),
		api.ListManagementKeys.Name:   exercise(api.ListManagementKeys),
		api.GetManagementKey.Name:     exercise(api.GetManagementKey),
		api.DeleteManagementKey.Name:  exercise(api.DeleteManagementKey),
		api.GetOverview.Name:          exercise(api.GetOverview),
		api.GetUsage.Name:             exercise(api.GetUsage),
		api.ListEvents.Name:           exercise(api.ListEvents),
		api.GetMe.Name:                exercise(api.GetMe),
		api.WhoAmI.Name:               exercise(api.WhoAmI),
		api.GetOpenAPI.Name:           exercise(api.GetOpenAPI),
	}
}

// exercise returns the doors of an operation.
func exercise[Req api.Request, Res any](op api.Operation[Req, Res]) doors {
	return doors{read: reading(op), empty: emptying(op), takes: taking(op), refuse: func(t *testing.T) {
		handle := func(context.Context, auth.Principal, Req) (answer Res, err error) {
			t.Error("the handler was called")
			return answer, nil
		}
		refuse := func(why string, status int, edits ...func(*events.APIGatewayV2HTTPRequest)) {
			t.Helper()
			event := request(edits...)
			event.PathParameters = map[string]string{"id": "of-nothing"}
			if o := try(t, op, handle, event); o.StatusCode != status {
				t.Errorf("%s: %d, want %d: %s", why, o.StatusCode, status, o.Body)
			}
		}
		behind := func(why string, e edge.Edge, status int, code problem.Code, edits ...func(*events.APIGatewayV2HTTPRequest)) {
			t.Helper()
			o := tryBehind(t, t.Context(), e, op, handle, request(edits...))
			if o.StatusCode != status || o.document.Code != code {
				t.Errorf("%s: %d %s, want %d %s", why, o.StatusCode, o.document.Code, status, code)
			}
			hidesEdge(t, o)
		}
		behind("a direct call", only, 403, problem.DirectCall)
		behind("a direct call with an address", only, 403, problem.DirectCall, viewer("192.0.2.9"))
		behind("a direct call with a guessed secret", only, 403, problem.DirectCall, viewer("192.0.2.9"), secret(guessed))
		behind("a direct call without a credential", only, 403, problem.DirectCall, without("authorization"))
		for _, e := range []edge.Edge{either, only} {
			behind("the edge without an address", e, 500, problem.Internal, secret(known))
			behind("the edge with two addresses", e, 500, problem.Internal, secret(known), viewer("192.0.2.9,192.0.2.10"))
		}
		switch op.Permission {
		case api.Public:
		case api.HoldKey:
			refuse("no authorizer", 401, handedOn(nil))
			refuse("an authorizer without a context", 401, handedOn(map[string]any{}))
		default:
			refuse("no credential", 401, without("authorization"))
			refuse("an unknown credential", 401, bearer("stranger"))
			refuse("an unavailable store", 503, bearer("throttled"))
			refuse("no role", 403, bearer("nobody"))
		}
		if len(api.Bind(reflect.TypeFor[Req]()).Members) > 0 {
			refuse("bad JSON", 400, body(`{`))
			refuse("no body", 400, body(""))
			refuse("null for everything", 422, body(`{"name": null, "key": null, "application_id": null, "overlap_seconds": null}`))
			refuse("an unknown field", 422, body(`{"surprise": 1}`))
			if op.Method == "POST" { // a patch may leave everything out
				refuse("omitted fields", 422, body(`{}`))
			}
		} else {
			refuse("a body", 400, body(`{"surprise": 1}`))
		}
		refuse("an unknown parameter", 422, body(good[op.Name]), query("surprise=1"))
	}}
}

// good are bodies that decode without an error, so that the next check is reached. Operations without a
// body have none.
var good = map[string]string{
	"applications.update":   `{}`,
	"applications.create":   `{"name": "Billing", "technology": "server"}`,
	"arxes.update":          `{}`,
	"arxes.create":          `{"name": "EU", "regions": ["eu-central-1"]}`,
	"keys.create":           `{"application_id": "app_0123456789abcdef", "arx_id": "arx_0123456789abcdef"}`,
	"keys.update":           `{}`,
	"keys.rotate":           `{"overlap_seconds": 0}`,
	"keys.verify":           `{"key": "arxk_prd_0"}`,
	"managementkeys.create": `{"name": "CI", "role": "developer"}`,
}
