package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
)

// TestVerificationsShareALineOfMetrics invokes the real functions that verify keys. They write a line of metrics with
// the first verification, then at most every ten seconds, and when Lambda ends the environment; together the lines
// count every verification. (Stop, unlike Lambda, does not wait until the last response was counted.)
func TestVerificationsShareALineOfMetrics(t *testing.T) {
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer l.stop()
	management := l.managementKey()
	_, arx, _, key := someKey(t, l, management, nil)
	const calls = 30
	for _, c := range []struct {
		name, answer string
		event        []byte
	}{
		{"keys/verify", `VALID`, encoded(t, events.APIGatewayV2HTTPRequest{
			Version: "2.0", Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"},
			Body: string(encoded(t, api.VerifyKeyRequest{Key: key})),
		})},
		{"check", `"X-Arxkeys-Code":"VALID"`, encoded(t, checkEvent(verifierKey(t, l), arx, key))},
		{"authorizers/apikey", `"isAuthorized":true`, encoded(t, events.APIGatewayV2CustomAuthorizerV2Request{
			Version: "2.0", Type: "REQUEST", RouteKey: "GET /pets", Headers: map[string]string{"x-api-key": string(key)},
		})},
	} {
		var mu sync.Mutex
		var printed [][]byte
		f := lambda.New(lambda.Config{
			Name: "stack-" + c.name, Binary: build.Binary(root, c.name), Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 256,
			Environment: l.environment(), MaxEnvironments: 1, Output: func(line string) {
				mu.Lock()
				defer mu.Unlock()
				printed = append(printed, []byte(line))
			},
		})
		began := time.Now()
		for range calls {
			if result, err := f.Invoke(t.Context(), c.event); err != nil || !bytes.Contains(result.Payload, []byte(c.answer)) {
				t.Fatalf("%s: %v: %s", c.name, err, result.Payload)
			}
		}
		f.Stop()
		took := time.Since(began)

		mu.Lock()
		lines, verified, measured := 0, 0, 0
		for _, text := range printed {
			var line struct {
				Stack, Function string
				Valid           int `json:"Verdict.VALID"`
				Latency         []float64
				AWS             json.RawMessage `json:"_aws"`
			}
			if err := json.Unmarshal(text, &line); err != nil {
				t.Errorf("%s: %v: %s", c.name, err, text)
			}
			if line.AWS != nil {
				lines, verified, measured = lines+1, verified+line.Valid, measured+len(line.Latency)
				if line.Stack != "local" || line.Function != "stack-"+c.name {
					t.Errorf("%s has the dimensions %s and %s", c.name, line.Stack, line.Function)
				}
			}
		}
		if most := 2 + int(took/(10*time.Second)); lines < 2 || lines > most || verified < calls-1 || verified > calls || measured != verified {
			t.Errorf("%s: %d lines in %s, at most %d; they count %d verifications and %d latencies of %d:\n%s", c.name, lines, took, most, verified, measured, calls, bytes.Join(printed, []byte("\n")))
		}
		mu.Unlock()
	}
}

// TestFunctionsPrintOnlyJSON runs the real functions so that they print everything that they can: they fail without a
// data store, without a valid event, and without valid settings. Each line must be a JSON object with the level and the
// time that Lambda expects, as the log format of the template requires.
func TestFunctionsPrintOnlyJSON(t *testing.T) {
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer l.stop()
	authorizer := `{"version": "2.0", "type": "REQUEST", "routeKey": "GET /pets", "headers": {"x-api-key": "` + string(anyKey(t)) + `"}}`
	verify := `{"headers": {"authorization": "Bearer ` + l.managementKey() + `"}, "body": "{}"}`
	for _, c := range []struct {
		name, event, wrong string // wrong is a variable with an invalid value
		says               string
	}{
		{"keys/verify", "{}", "", "unauthenticated"},
		{"keys/verify", "no event", "", "invalid character"}, // the error of lambda.Start
		{"keys/verify", "{}", "GATE_TTL", "GATE_TTL"},
		{"keys/verify", verify, "TABLE_NAME", `"StoreErrors":1`},
		{"check", "{}", "", "GATEWAY_CREDENTIAL"},
		{"check", "no event", "", "invalid character"},
		{"check", "{}", "GATE_TTL", "GATE_TTL"},
		{"authorizers/apikey", authorizer, "", "connection refused"},
		{"authorizers/apikey", "{}", "", "the event"},
		{"authorizers/apikey", "{}", "REQUIRED_SCOPES", "REQUIRED_SCOPES"},
		{"jobs/expiry", "{}", "", "connection refused"},
		{"me", "{}", "OIDC_CLIENT_IDS", "OIDC_CLIENT_IDS"},
		{"me", "{}", "EDGE_SECRETS", "edge secret"},
	} {
		environment := l.environment()
		if c.wrong != "TABLE_NAME" {
			environment["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:1"
		}
		if c.wrong != "" {
			environment[c.wrong] = " "
		}
		var mu sync.Mutex
		var printed [][]byte
		f := lambda.New(lambda.Config{
			Name: c.name, Binary: build.Binary(root, c.name), Region: engine.Region, Timeout: 20 * time.Second, MemoryMB: 256, Environment: environment,
			MaxEnvironments: 1, Output: func(line string) {
				mu.Lock()
				defer mu.Unlock()
				printed = append(printed, []byte(line))
			},
		})
		for range 2 { // the second one waits for what the first one does after its response
			_, _ = f.Invoke(t.Context(), []byte(c.event))
		}
		f.Stop()
		mu.Lock()
		for _, text := range printed {
			var line struct {
				Timestamp time.Time
				Level     string
				Message   string `json:"msg"`
			}
			if err := json.Unmarshal(text, &line); err != nil || line.Timestamp.IsZero() || line.Message == "" ||
				!slices.Contains([]string{"INFO", "WARN", "ERROR"}, line.Level) {
				t.Errorf("%s, %s: %v: %s", c.name, c.event, err, text)
			}
		}
		if all := bytes.Join(printed, []byte("\n")); !bytes.Contains(all, []byte(c.says)) {
			t.Errorf("%s, %s: it does not say %q:\n%s", c.name, c.event, c.says, all)
		}
		mu.Unlock()
	}
}

// anyKey returns an access key of no record.
func anyKey(t *testing.T) api.ClearText {
	t.Helper()
	secret, err := accesskey.New(accesskey.Development, "0123456789abcdef", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return api.ClearText(secret.Reveal())
}
