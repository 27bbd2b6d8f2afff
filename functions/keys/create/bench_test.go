package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

// anybody authenticates every caller as the developer.
type anybody struct{}

func (anybody) Authenticate(context.Context, string) (auth.Principal, error) { return developer, nil }

// BenchmarkCreate measures the creation of a key against the engine, from the event to the response: two
// reads of the parents and one transaction.
func BenchmarkCreate(b *testing.B) {
	db := storetest.Open(b).Table()
	app, arx, _ := storetest.Key(b, db, developer.Tenant)
	h := handler{keys: keystore.New(db), applications: applicationstore.New(db), arxes: arxstore.New(db), now: time.Now, random: rand.Reader}
	serve := lambdahttp.Handler(api.CreateKey, anybody{}, h.create, lambdahttp.Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	body, err := json.Marshal(api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID, Name: "nightly export", Scopes: []string{"invoices:read"}})
	if err != nil {
		b.Fatal(err)
	}
	event := events.APIGatewayV2HTTPRequest{
		Headers: map[string]string{"authorization": "Bearer x", "content-type": "application/json"}, Body: string(body),
	}
	b.ReportAllocs()
	for b.Loop() {
		if response, err := serve(b.Context(), event); err != nil || response.StatusCode != 201 {
			b.Fatalf("%d, %v: %s", response.StatusCode, err, response.Body)
		}
	}
}
