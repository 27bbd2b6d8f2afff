package main

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/functions/internal/verifying"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

// maxOwnAllocations bounds the allocations of the function from the event to the response, in addition to
// one call of the SDK. It is that of functions/keys/verify.
const maxOwnAllocations = 80

func TestAllocationsAreBounded(t *testing.T) {
	t.Setenv("GATE_TTL", "1h")
	t.Setenv("PRINCIPAL_TTL", "1h")
	e := storetest.Open(t)
	way := new(storetest.Tape)
	client := dynamodb.New(e.Client.Options(), func(o *dynamodb.Options) { o.HTTPClient = way })
	db := table.Checked(client, e.Name, table.Check{Verifies: true})
	_, arx, secret := storetest.Key(t, e.Table(), tenant)
	gateway := managementKey(t, db, "0123456789abcdef", api.Verifier)

	keys := verification.FromEnv(db)
	h := handler{callers: callerstore.NewAuthenticator(db), keys: keys}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	serve := lambdahttp.CheckHandler(api.Check, verifying.Prefetching(h.callers, h.keys), h.verify, lambdahttp.Options{Log: log, Metrics: metrics.New("stack", "check", log, time.Now)})
	event := events.APIGatewayV2HTTPRequest{
		Headers: map[string]string{
			"authorization": "Bearer " + gateway, "x-api-key": secret.Reveal(), "x-arxkeys-scopes": "invoices:read", "x-arxkeys-client-ip": "203.0.113.7",
		},
		PathParameters: map[string]string{"arx_id": arx.ID}, RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "request"},
	}
	whole := func() {
		response, err := serve(t.Context(), event)
		if err != nil || response.StatusCode != 200 {
			t.Fatalf("%d, %v: %v", response.StatusCode, err, response.Headers)
		}
	}
	whole() // reads gates, and notes uses
	keys.End()
	whole()
	own, sdk := way.OwnAllocations(t, client, e.Name, table.Credential(api.KeyPrefix+secret.ID()), whole)
	if own <= 0 || own > maxOwnAllocations {
		t.Errorf("%.0f allocations beyond the SDK's %.0f, want at most %d: go test -run '^$' -bench BenchmarkCheck -memprofile shows where", own, sdk, maxOwnAllocations)
	}
}
