package main

import (
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

// call serves a request with the authorizer's context, which may be nil.
func call(t *testing.T, handedOn map[string]any, headers map[string]string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	event := events.APIGatewayV2HTTPRequest{Headers: headers}
	if handedOn != nil {
		event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{Lambda: handedOn}
	}
	answer, err := lambdahttp.HandlerForHolder(api.WhoAmI, get, lambdahttp.Options{Log: slog.New(slog.DiscardHandler)})(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestRequestWithoutTheAuthorizerIsRefused(t *testing.T) {
	claims := map[string]string{"x-api-key": "arxk_prd_0", "authorization": "Bearer arxm_0", "key_id": "key_0123456789abcdef", "x-amzn-authorizer-key_id": "key_0123456789abcdef"}
	for _, handedOn := range []map[string]any{nil, {}, {"key_id": "key_0123456789abcdef"}} {
		if answer := call(t, handedOn, claims); answer.StatusCode != 401 {
			t.Errorf("%v: %d %s", handedOn, answer.StatusCode, answer.Body)
		}
	}
}

func TestHolderGetsItsKey(t *testing.T) {
	answer := call(t, map[string]any{
		"tenant": "acme", "key_id": "key_0123456789abcdef", "key_name": "nightly", "scopes": "invoices:read quotes:*", "expires_at": "2027-01-31T00:00:00.000Z",
		"application_id": "app_0123456789abcdef", "application_name": "Billing", "arx_id": "arx_0123456789abcdef", "arx_name": "EU",
	}, nil)
	var got, want any
	if err := json.Unmarshal([]byte(answer.Body), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{
		"tenant": "acme",
		"key": {"id": "key_0123456789abcdef", "name": "nightly", "scopes": ["invoices:read", "quotes:*"], "expires_at": "2027-01-31T00:00:00.000Z"},
		"application": {"id": "app_0123456789abcdef", "name": "Billing"},
		"arx": {"id": "arx_0123456789abcdef", "name": "EU"}
	}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || answer.StatusCode != 200 || answer.Headers["Cache-Control"] != "no-store" {
		t.Errorf("%d %v (-want +got):\n%s", answer.StatusCode, answer.Headers, diff)
	}
}
