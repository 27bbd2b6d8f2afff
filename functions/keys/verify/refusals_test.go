package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/go-jose/go-jose/v4"

	"github.com/arxkeys/arxkeys/functions/internal/verifying"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

const securityDocument = "../../../infra/docs/security.md"

// issuer is an OpenID Provider's key endpoint that counts requests, and is configured in the environment.
func issuer(t *testing.T) *atomic.Int32 {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	fetches := new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetches.Add(1)
		json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "known", Algorithm: "ES256", Use: "sig"}}})
	}))
	t.Cleanup(server.Close)
	t.Setenv("OIDC_ISSUER", server.URL)
	t.Setenv("OIDC_JWKS_URL", server.URL)
	t.Setenv("OIDC_CLIENT_IDS", "console")
	return fetches
}

// madeUpToken returns an access token with an invalid signature.
func madeUpToken() string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return part(`{"alg":"ES256","kid":"unknown","typ":"at+jwt"}`) + "." + part(`{"sub":"somebody"}`) + "." + part(strings.Repeat("x", 64))
}

type serve = func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// TestRefusedRequestsCostWhatTheDocumentSays sends requests without a valid credential to an operation that
// prefetches, one that reads and one that changes, and counts the database calls. Each row must be in the
// document with that count.
func TestRefusedRequestsCostWhatTheDocumentSays(t *testing.T) {
	document, err := os.ReadFile(securityDocument)
	if err != nil {
		t.Fatal(err)
	}
	fetches := issuer(t)
	way := new(calls)
	quiet := lambdahttp.Options{Log: slog.New(slog.DiscardHandler)}
	verifying := func(limits keys.Limits) (h handler, verify serve, secret accesskey.Secret, accepted string) {
		t.Helper()
		e := storetest.Open(t)
		db := table.New(dynamodb.New(e.Client.Options(), func(o *dynamodb.Options) { o.HTTPClient = way }), e.Name)
		_, _, secret = storetest.LimitedKey(t, e.Table(), caller.Tenant, limits)
		h = handler{callers: callerstore.NewAuthenticator(db), keys: verification.New(db, time.Hour)}
		return h, lambdahttp.PrefetchingHandler(api.VerifyKey, verifying.Prefetching(h.callers, h.keys), h.verify, quiet), secret, "Bearer " + verifierKey(t, e.Table()).Reveal()
	}
	h, verify, secret, accepted := verifying(keys.Limits{Rate: &api.RateLimit{Limit: 1, WindowSeconds: api.MaxWindowSeconds}})
	_, verifySpent, spent, acceptedThere := verifying(keys.Limits{Uses: new(1)})
	unreachable := func(context.Context, auth.Principal, api.CreateKeyRequest) (answer api.CreatedKey, err error) {
		t.Error("an unauthenticated request was handled")
		return answer, nil
	}
	change := lambdahttp.Handler(api.CreateKey, h.callers, unreachable, quiet)
	read := lambdahttp.Handler(api.GetKey, h.callers, func(context.Context, auth.Principal, api.KeyID) (answer api.Key, err error) {
		t.Error("an unauthenticated request was handled")
		return answer, nil
	}, quiet)

	madeUp, err := accesskey.NewManagement("fedcba9876543210", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := accesskey.New(accesskey.Development, "fedcba9876543210", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	question := func(key string) string { return fmt.Sprintf(`{"key": %q}`, key) }
	row := func(name, authorization, body string, status int, by ...serve) {
		t.Helper()
		for _, serve := range by {
			event := events.APIGatewayV2HTTPRequest{Headers: map[string]string{"content-type": "application/json"}, Body: body, PathParameters: map[string]string{"id": "key_0123456789abcdef"}}
			if authorization != "" {
				event.Headers["authorization"] = authorization
			}
			way.made = nil
			answer, err := serve(t.Context(), event)
			if err != nil || answer.StatusCode != status || len(answer.Body) > 1<<10 {
				t.Errorf("%s: %d with %d bytes, %v: %s", name, answer.StatusCode, len(answer.Body), err, answer.Body)
			}
			reads, writes := 0, 0
			for _, call := range way.made {
				if strings.HasPrefix(call, "GetItem") || strings.HasPrefix(call, "BatchGetItem") || strings.HasPrefix(call, "Query") {
					reads += 1 + strings.Count(call, "+")
				} else {
					writes++
				}
			}
			if line := fmt.Sprintf("| %s | %d | 1 | %d | %d |", name, status, reads, writes); !slices.Contains(strings.Split(string(document), "\n"), line) {
				t.Errorf("%s has no line %s (%q)", securityDocument, line, way.made)
			}
		}
	}
	good := question(secret.Reveal())
	row("no credential", "", good, 401, verify, change, read)
	row("no `Bearer`, or more than one credential", "Basic dXNlcjpwYXNz", good, 401, verify, change, read)
	row("no `Bearer`, or more than one credential", "Bearer a, Bearer b", good, 401, verify, change, read)
	row("an access key in the place of a management key", "Bearer "+secret.Reveal(), good, 401, verify, change, read)
	mistyped := strings.Repeat("0", 6)
	row("a management key whose checksum is wrong", "Bearer "+madeUp.Reveal()[:len(madeUp.Reveal())-6]+mistyped, good, 401, verify, change, read)
	row("a made-up management key", "Bearer "+madeUp.Reveal(), good, 401, verify, change, read)
	row("text that is no token", "Bearer something", good, 401, verify, change, read)
	if n := fetches.Load(); n != 0 {
		t.Errorf("the issuer's keys were fetched %d times for a malformed token", n)
	}
	for range 10 {
		row("a made-up access token", "Bearer "+madeUpToken(), good, 401, verify, change, read)
	}
	if n := fetches.Load(); n != 1 {
		t.Errorf("the issuer's keys were fetched %d times for 30 made-up tokens, want 1", n)
	}
	large := question(strings.Repeat("x", 128<<10))
	row("a body above 64 KB, without a credential", "", large, 401, verify, change)
	row("a body above 64 KB, with a made-up management key", "Bearer "+madeUp.Reveal(), large, 401, verify, change)

	use := func(verify serve, authorization, key string) {
		t.Helper()
		answer, err := verify(t.Context(), events.APIGatewayV2HTTPRequest{Headers: map[string]string{"authorization": authorization}, Body: question(key)})
		if err != nil || !strings.Contains(answer.Body, `"valid":true`) {
			t.Fatalf("%v: %s", err, answer.Body)
		}
	}
	use(verify, accepted, secret.Reveal())
	use(verifySpent, acceptedThere, spent.Reveal())
	row("verify: a malformed access key, by a caller who is known", accepted, question("arxk_dev_nothing"), 200, verify)
	row("verify: a made-up access key, by a caller who is known", accepted, question(unknown.Reveal()), 200, verify)
	row("verify: a key in a window that is known to be full", accepted, good, 200, verify)
	row("verify: a key that is known to have no uses left", acceptedThere, question(spent.Reveal()), 200, verifySpent)
	row("a body above 64 KB, by a caller who is known", accepted, large, 413, verify)
}
