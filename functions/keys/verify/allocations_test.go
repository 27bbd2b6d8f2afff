package main

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/functions/internal/verifying"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

// maxOwnAllocations bounds the allocations of the function from the event to the response, in addition to
// one call of the SDK: authentication, limits, log line and everything else.
const maxOwnAllocations = 80

func TestAllocationsAreBounded(t *testing.T) {
	t.Setenv("GATE_TTL", "1h")
	t.Setenv("PRINCIPAL_TTL", "1h")
	e := storetest.Open(t)
	way := new(storetest.Tape)
	client := dynamodb.New(e.Client.Options(), func(o *dynamodb.Options) { o.HTTPClient = way })
	db := table.Checked(client, e.Name, table.Check{Verifies: true})
	_, _, secret := storetest.Key(t, e.Table(), caller.Tenant)
	management := verifierKey(t, db)

	keys := verification.FromEnv(db)
	h := handler{callers: callerstore.NewAuthenticator(db), keys: keys}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	serve := lambdahttp.PrefetchingHandler(api.VerifyKey, verifying.Prefetching(h.callers, h.keys), h.verify, lambdahttp.Options{Log: log, Metrics: metrics.New("stack", "verify", log, time.Now)})
	body, err := json.Marshal(map[string]any{"key": secret.Reveal(), "scopes": []string{"invoices:read"}})
	if err != nil {
		t.Fatal(err)
	}
	event := events.APIGatewayV2HTTPRequest{
		Headers: map[string]string{"authorization": "Bearer " + management.Reveal(), "content-type": "application/json"}, Body: string(body),
		RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "request"},
	}
	whole := func() {
		response, err := serve(t.Context(), event)
		if err != nil || !strings.Contains(response.Body, `"VALID"`) {
			t.Fatalf("%d, %v: %s", response.StatusCode, err, response.Body)
		}
	}
	whole() // reads gates, and notes uses
	keys.End()
	whole()
	own, sdk := way.OwnAllocations(t, client, e.Name, table.Credential(api.KeyPrefix+secret.ID()), whole)
	if own <= 0 || own > maxOwnAllocations {
		t.Errorf("%.0f allocations beyond the SDK's %.0f, want at most %d: go test -run '^$' -bench BenchmarkVerify -memprofile shows where", own, sdk, maxOwnAllocations)
	}
}

// verifierKey stores the credential of a management key for the caller.
func verifierKey(t *testing.T, db *table.Table) accesskey.Secret {
	t.Helper()
	secret, err := accesskey.NewManagement("0123456789abcdef", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sum, by := secret.Digest(), caller
	by.ID = api.ManagementKeyPrefix + secret.ID()
	tx := new(table.Transaction)
	callerstore.Insert(tx, auth.ManagementCredential{Digest: sum[:], Principal: by, ExpiresAt: time.Now().Add(time.Hour)}, nil)
	if err := db.Commit(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	return secret
}
