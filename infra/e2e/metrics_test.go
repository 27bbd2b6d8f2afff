package e2e

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/api"
)

// TestVerificationsShareALineOfMetrics invokes the real functions that verify keys. They write a line of metrics with
// the first verification, then at most every ten seconds, and when Lambda ends the environment; together the lines
// count every verification. (Stop, unlike Lambda, does not wait until the last response was counted.) Whatever they print is a JSON object, as the log format of the template requires.
func TestVerificationsShareALineOfMetrics(t *testing.T) {
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer l.stop()
	management := l.managementKey()
	_, _, _, key := someKey(t, l, management, nil)
	encode := func(v any) []byte {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	const calls = 30
	for _, c := range []struct {
		name, answer string
		event        []byte
	}{
		{"keys/verify", `VALID`, encode(events.APIGatewayV2HTTPRequest{
			Version: "2.0", Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"},
			Body: string(encode(api.VerifyKeyRequest{Key: key})),
		})},
		{"authorizers/apikey", `"isAuthorized":true`, encode(events.APIGatewayV2CustomAuthorizerV2Request{
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
