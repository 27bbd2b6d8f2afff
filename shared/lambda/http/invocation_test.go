package lambdahttp

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// owner is an authenticator that accepts every credential as the owner's.
type owner struct{}

func (owner) Authenticate(_ context.Context, credential string) (auth.Principal, error) {
	return auth.Principal{Kind: api.ManagementKey, ID: "mgk_01J9Zk3V8QpTfW2x", Tenant: "default", Role: api.Owner}, nil
}

// serving returns an operation's invocation, without a log.
func serving[Req api.Request, Res any](op api.Operation[Req, Res], answer Res) invocation {
	handle := func(context.Context, auth.Principal, Req) (Res, error) { return answer, nil }
	return invocation(Handler(op, owner{}, handle, Options{Log: slog.New(slog.DiscardHandler)}))
}

// verification is an event as sent by API Gateway.
const verification = `{
	"version": "2.0", "routeKey": "POST /v1/keys/verify", "rawPath": "/v1/keys/verify", "rawQueryString": "",
	"headers": {
		"accept": "*/*", "accept-encoding": "gzip", "authorization": "Bearer arxm_01J9Zk3V8QpTfW2x", "content-length": "151",
		"content-type": "application/json", "host": "api.example", "user-agent": "orders/1.4", "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678",
		"x-forwarded-for": "203.0.113.7", "x-forwarded-port": "443", "x-forwarded-proto": "https"
	},
	"requestContext": {
		"accountId": "123456789012", "apiId": "api-id", "domainName": "api.example", "domainPrefix": "api", "stage": "$default",
		"http": {"method": "POST", "path": "/v1/keys/verify", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "orders/1.4"},
		"requestId": "JKJaXmPLvHcESHA=", "routeKey": "POST /v1/keys/verify", "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1773342238000
	},
	"body": "{\"key\": \"arxk_prd_01J9Zk3V8QpTfW2xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\", \"arx_id\": \"arx_01J9Zk3V8QpTfW2x\", \"scopes\": [\"invoices:read\"]}",
	"isBase64Encoded": false
}`

var verdict = api.Verification{
	Valid: true, Code: api.CodeValid,
	Key:         &api.VerifiedKey{ID: "key_01J9Zk3V8QpTfW2x", Name: "nightly export", Scopes: []string{"invoices:read"}, Metadata: json.RawMessage(`{}`)},
	Application: &api.VerifiedApplication{ID: "app_01J9Zk3V8QpTfW2x", Name: "Billing"},
	Arx:         &api.VerifiedArx{ID: "arx_01J9Zk3V8QpTfW2x", Name: "Production EU", Purpose: api.Production, Regions: []string{"eu-central-1"}, Encryption: api.AESGCM256},
}

func TestEventOfAPIGatewayIsServed(t *testing.T) {
	answer, err := serving(api.VerifyKey, verdict).Invoke(t.Context(), []byte(verification))
	if err != nil {
		t.Fatal(err)
	}
	var got reply
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	if got.Status != 200 || got.Headers["X-Request-Id"] != "JKJaXmPLvHcESHA=" || !strings.HasPrefix(got.Body, `{"valid":true,"code":"VALID",`) {
		t.Errorf("%+v", got)
	}
}

func TestInvalidEventGetsAResponse(t *testing.T) {
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "lambda-1"})
	for _, payload := range []string{``, `{`, `null`, `[]`, `{}`, `{"headers": 1}`, `{"version": "1.0", "headers": null}`} {
		answer, err := serving(api.VerifyKey, verdict).Invoke(ctx, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		var got reply
		if err := json.Unmarshal(answer, &got); err != nil {
			t.Fatal(err)
		}
		if got.Status < 400 || got.Status > 499 || got.Headers["X-Request-Id"] != "lambda-1" {
			t.Errorf("%q: %+v", payload, got)
		}
	}
}

// FuzzHandler checks that every input gets a response, without a panic or a 500.
func FuzzHandler(f *testing.F) {
	f.Add([]byte(verification))
	f.Add([]byte(`{"headers": {"authorization": "Bearer a"}, "rawQueryString": "limit=5&q=%20", "requestContext": {"requestId": "r-1"}}`))
	f.Add([]byte(`{"headers": {"authorization": "Bearer a"}, "isBase64Encoded": true, "body": "eyJuYW1lIjogbnVsbH0="}`))
	f.Add([]byte(`{"headers": {"authorization": "Bearer a"}, "body": "{\"name\": \"a\", \"technology\": \"client\", \"allowed_origins\": [\"https://a.example\", null]}"}`))
	f.Add([]byte(`{"headers": {"authorization": "Bearer a"}, "pathParameters": {"id": "key_01J9Zk3V8QpTfW2x"}}`))
	operations := []invocation{
		serving(api.VerifyKey, verdict), serving(api.CreateKey, api.CreatedKey{}), serving(api.CreateApplication, api.Application{}),
		serving(api.CreateArx, api.Arx{}), serving(api.ListKeys, api.KeyList{}), serving(api.DeleteKey, api.Key{}),
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for i, serve := range operations {
			answer, err := serve.Invoke(t.Context(), payload)
			if err != nil {
				t.Fatal(err)
			}
			var got reply
			if err := json.Unmarshal(answer, &got); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
			if got.Status < 200 || got.Status > 499 || !json.Valid([]byte(got.Body)) {
				t.Errorf("operation %d: %d %q", i, got.Status, got.Body)
			}
			var d problem.Document
			if got.Status >= 400 && (json.Unmarshal([]byte(got.Body), &d) != nil || d.Detail == "") {
				t.Errorf("operation %d: %d without a problem document: %q", i, got.Status, got.Body)
			}
		}
	})
}

// BenchmarkHandler measures a verification without its store: the cost from the bytes of the event to the
// bytes of the response, including the log line.
func BenchmarkHandler(b *testing.B) {
	handle := func(context.Context, auth.Principal, api.VerifyKeyRequest) (api.Verification, error) {
		return verdict, nil
	}
	serve := invocation(Handler(api.VerifyKey, owner{}, handle, Options{Log: slog.New(slog.NewJSONHandler(discard{}, nil))}))
	payload := []byte(verification)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := serve.Invoke(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}

// discard is io.Discard without the method by which slog would recognize it.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
