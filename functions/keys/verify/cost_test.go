package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/functions/internal/verifying"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

// calls is an HTTP client to the engine that records each call with the number of requested items.
type calls struct{ made []string }

func (c *calls) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if n := strings.Count(string(body), fmt.Sprintf("%q:{", table.PK)); n > 1 {
		name += strings.Repeat("+", n-1)
	}
	c.made = append(c.made, name)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return http.DefaultClient.Do(r)
}

// A made-up management key costs one read, whatever access key comes with it. A caller that this
// environment has accepted before is read together with the access key.
func TestMadeUpManagementKeyCostsOneRead(t *testing.T) {
	t.Setenv("PRINCIPAL_TTL", "5s")
	t.Setenv("GATE_TTL", "1h")
	e := storetest.Open(t)
	way := new(calls)
	db := table.New(dynamodb.New(e.Client.Options(), func(o *dynamodb.Options) { o.HTTPClient = way }), e.Name)
	_, _, secret := storetest.Key(t, e.Table(), caller.Tenant)
	h := handler{callers: callerstore.NewAuthenticator(db), keys: verification.New(db, time.Hour)}
	serve := lambdahttp.PrefetchingHandler(api.VerifyKey, verifying.Prefetching(h.callers, h.keys), h.verify, lambdahttp.Options{Log: slog.New(slog.DiscardHandler)})
	verify := func(management string, status int, want ...string) {
		t.Helper()
		body, _ := json.Marshal(map[string]any{"key": secret.Reveal()})
		way.made = nil
		response, err := serve(t.Context(), events.APIGatewayV2HTTPRequest{
			Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"}, Body: string(body),
		})
		if err != nil || response.StatusCode != status {
			t.Fatalf("%d, %v: %s", response.StatusCode, err, response.Body)
		}
		// Notes the last use.
		made := slices.DeleteFunc(way.made, func(name string) bool { return name == "UpdateItem" })
		if !slices.Equal(made, want) {
			t.Errorf("%q, want %q", made, want)
		}
	}
	madeUp, err := accesskey.NewManagement("fedcba9876543210", strings.NewReader(strings.Repeat("x", 64)))
	if err != nil {
		t.Fatal(err)
	}
	accepted := verifierKey(t, e.Table())
	verify(madeUp.Reveal(), 401, "GetItem")
	// The first sight of the caller, of the key, and its gates.
	verify(accepted.Reveal(), 200, "GetItem", "GetItem", "BatchGetItem+")
	verify(accepted.Reveal(), 200, "GetItem") // the caller is remembered
	later := time.Now().Add(time.Minute)
	h.callers.Now = func() time.Time { return later }
	verify(madeUp.Reveal(), 401, "GetItem")
	verify(accepted.Reveal(), 200, "BatchGetItem+")
}
