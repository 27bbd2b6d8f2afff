package lambdahttp_test

import (
	"context"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

// No function can start that would accept a management credential instead of an access key, or the reverse.
func TestOperationIsServedOnlyToItsKindOfCaller(t *testing.T) {
	panics := func(why string, serve func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s is served", why)
			}
		}()
		serve()
	}
	panics("an operation for holders to principals", func() {
		lambdahttp.Handler(api.WhoAmI, people, func(context.Context, auth.Principal, api.Nothing) (api.Holder, error) { return api.Holder{}, nil }, lambdahttp.Options{})
	})
	panics("an operation for principals to holders", func() {
		lambdahttp.HandlerForHolder(api.GetMe, func(context.Context, api.Holder, api.Nothing) (api.Me, error) { return api.Me{}, nil }, lambdahttp.Options{})
	})
	panics("a public operation to holders", func() {
		lambdahttp.HandlerForHolder(api.GetOpenAPI, func(context.Context, api.Holder, api.DocumentRequest) (api.Document, error) {
			return api.Document{}, nil
		}, lambdahttp.Options{})
	})
}

func TestHolderIsInTheLogLine(t *testing.T) {
	o := try(t, api.WhoAmI, func(_ context.Context, by auth.Principal, _ api.Nothing) (api.Holder, error) {
		return api.Holder{Tenant: by.Tenant, Key: api.HeldKey{ID: by.ID}}, nil
	}, request(body("")))
	principal, _ := o.line["principal"].(map[string]any)
	if o.StatusCode != 200 || principal["kind"] != "key" || principal["id"] != "key_0123456789abcdef" || o.line["tenant"] != "default" {
		t.Errorf("%d: %s", o.StatusCode, o.log)
	}
}
