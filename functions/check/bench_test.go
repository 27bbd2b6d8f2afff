package main

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/functions/internal/verifying"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/verification"
)

// BenchmarkCheck is BenchmarkVerify of functions/keys/verify for a gateway: a warm check against the engine, from the
// event to the response, with one strongly consistent read, including the SDK's allocations.
func BenchmarkCheck(b *testing.B) {
	db := storetest.Open(b).Table()
	_, arx, secret := storetest.Key(b, db, tenant)
	gateway := auth.Principal{Kind: api.ManagementKey, ID: "mgk_1", Tenant: tenant, Role: api.Verifier}
	for _, c := range []struct {
		name, key string
		status    int
	}{
		{"valid", secret.Reveal(), 200},
		{"mistyped", secret.Reveal()[:70] + "0000", 401},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := handler{keys: verification.New(db, time.Hour)}
			p := verifying.Prefetching(h.callers, h.keys)
			p.Authenticate = func(context.Context, string, *verification.Prefetch) (auth.Principal, error) { return gateway, nil }
			log := slog.New(slog.NewJSONHandler(io.Discard, nil))
			serve := lambdahttp.CheckHandler(api.Check, p, h.verify, lambdahttp.Options{Log: log, Metrics: metrics.New("stack", "check", log, time.Now)})
			event := events.APIGatewayV2HTTPRequest{
				Headers:        map[string]string{"authorization": "Bearer arxm_x", "x-api-key": c.key, "x-arxkeys-scopes": "invoices:read"},
				PathParameters: map[string]string{"arx_id": arx.ID},
			}
			b.ReportAllocs()
			for b.Loop() {
				response, err := serve(b.Context(), event)
				if err != nil || response.StatusCode != c.status {
					b.Fatalf("%d, %v: %v", response.StatusCode, err, response.Headers)
				}
			}
		})
	}
}
