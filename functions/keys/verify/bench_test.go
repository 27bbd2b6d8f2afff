package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
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

// anybody authenticates every caller as the same one, so that only the decision is measured.
func anybody(h handler) lambdahttp.Prefetching[api.VerifyKeyRequest, *verification.Prefetch] {
	p := verifying.Prefetching(h.callers, h.keys)
	p.Authenticate = func(context.Context, string, *verification.Prefetch) (auth.Principal, error) { return caller, nil }
	return p
}

// BenchmarkVerify measures a warm verification against the engine, from the event to the response: one
// strongly consistent read, including the SDK's allocations.
func BenchmarkVerify(b *testing.B) {
	db := storetest.Open(b).Table()
	_, _, secret := storetest.Key(b, db, caller.Tenant)
	mistyped := secret.Reveal()[:70] + "0000"
	for _, c := range []struct{ name, key, code string }{
		{"valid", secret.Reveal(), "VALID"},
		{"mistyped", mistyped, "MALFORMED"},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := handler{keys: verification.New(db, time.Hour)}
			log := slog.New(slog.NewJSONHandler(io.Discard, nil))
			serve := lambdahttp.PrefetchingHandler(api.VerifyKey, anybody(h), h.verify, lambdahttp.Options{Log: log, Metrics: metrics.New("stack", "verify", log, time.Now)})
			body, err := json.Marshal(map[string]any{"key": c.key, "scopes": []string{"invoices:read"}})
			if err != nil {
				b.Fatal(err)
			}
			event := events.APIGatewayV2HTTPRequest{
				Headers: map[string]string{"authorization": "Bearer x", "content-type": "application/json"}, Body: string(body),
			}
			b.ReportAllocs()
			for b.Loop() {
				response, err := serve(b.Context(), event)
				if err != nil || !strings.Contains(response.Body, c.code) {
					b.Fatalf("%d, %v: %s", response.StatusCode, err, response.Body)
				}
			}
		})
	}
}
