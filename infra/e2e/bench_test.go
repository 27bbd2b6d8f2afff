package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// BenchmarkInvocation measures functions as Lambda runs them: the real binary, over the Runtime
// API. Cold is from the start of the process to its first answer, warm is one answer after another
// of one environment; the CPU is that of the function's process, warm without what a start and an end
// take. Two bare programs run beside them: floor/hello does nothing, floor/getitem the least that a
// verification takes.
func BenchmarkInvocation(b *testing.B) {
	l := newLaptop(b.TempDir())
	if err := l.start(false); err != nil {
		b.Fatal(err)
	}
	defer l.stop()
	management := l.managementKey()
	app, arx, id, key := someKey(b, l, management, nil)
	_, _, _, limited := someKey(b, l, management, &api.RateLimit{Limit: 43_200_000, WindowSeconds: 86400})

	encode := func(v any) []byte {
		encoded, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		return encoded
	}
	event := func(body any, path map[string]string) []byte {
		request := events.APIGatewayV2HTTPRequest{
			Version: "2.0", PathParameters: path, RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "bench"},
			Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"},
		}
		if body != nil {
			request.Body = string(encode(body))
		}
		return encode(request)
	}
	verify := event(api.VerifyKeyRequest{Key: key}, nil)
	const good, allowed = `"statusCode":20`, `"isAuthorized":true`
	for _, f := range []struct {
		name   string // of the function, and after a comma what is special
		event  []byte
		answer string // a part of it
	}{
		{"floor/hello", verify, good},
		{"floor/getitem", verify, good},
		{"openapi", []byte(`{"version": "2.0"}`), good},
		{"keys/verify", verify, good},
		{"keys/verify,limited", event(api.VerifyKeyRequest{Key: limited}, nil), good},
		{"authorizers/apikey", encode(events.APIGatewayV2CustomAuthorizerV2Request{
			Version: "2.0", Type: "REQUEST", RouteKey: "GET /pets", Headers: map[string]string{"x-api-key": string(key)},
		}), allowed},
		{"keys/create", event(api.CreateKeyRequest{ApplicationID: app, ArxID: arx}, nil), good},
		{"keys/usage", event(nil, map[string]string{"id": id}), good},
	} {
		function, _, _ := strings.Cut(f.name, ",")
		binary := build.Binary(root, function)
		if bare, ok := strings.CutPrefix(function, "floor/"); ok {
			binary = floor(b, bare)
		}
		var ofStart time.Duration // CPU
		start := func() *lambda.Function {
			return lambda.New(lambda.Config{Name: f.name, Binary: binary, Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 256, Environment: l.environment()})
		}
		invoke := func(b *testing.B, started *lambda.Function) {
			result, err := started.Invoke(b.Context(), f.event)
			if err != nil {
				b.Fatal(err)
			}
			if !bytes.Contains(bytes.ReplaceAll(result.Payload, []byte(`": `), []byte(`":`)), []byte(f.answer)) {
				b.Fatalf("%s", result.Payload)
			}
		}
		b.Run("cold/"+f.name, func(b *testing.B) {
			before := childrenCPU()
			for b.Loop() {
				started := start()
				invoke(b, started)
				b.StopTimer()
				started.Stop()
				b.StartTimer()
			}
			ofStart = (childrenCPU() - before) / time.Duration(b.N)
			b.ReportMetric(float64(ofStart.Microseconds()), "cpu-µs/op")
			if file, err := os.Stat(binary); err == nil {
				b.ReportMetric(float64(file.Size())/1e6, "MB/binary")
			}
		})
		b.Run("warm/"+f.name, func(b *testing.B) {
			before := childrenCPU()
			started := start()
			invoke(b, started)
			for b.Loop() {
				invoke(b, started)
			}
			b.StopTimer()
			started.Stop()
			b.ReportMetric(float64((childrenCPU()-before-ofStart).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// floor builds a bare program as functions are built, and returns its path.
func floor(b *testing.B, name string) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), name)
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-tags=lambda.norpc,nethttpomithttp2", "-ldflags=-s -w", "-o", binary, "./testdata/floor/"+name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // with it a program is linked at its start, which costs a quarter of hello's
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return binary
}

// childrenCPU is what all processes took that this one started and that have ended.
func childrenCPU() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage) // fails for no caller that is a process
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// environment is what template.yaml gives a function, here.
func (l *laptop) environment() map[string]string {
	return map[string]string{
		"TABLE_NAME": "arxkeys", "AWS_ENDPOINT_URL_DYNAMODB": l.engine.Endpoint,
		"AWS_ACCESS_KEY_ID": engine.AccessKey, "AWS_SECRET_ACCESS_KEY": engine.SecretKey,
		"OIDC_ISSUER": "http://127.0.0.1:1/oidc", "OIDC_JWKS_URL": "http://127.0.0.1:1/jwks.json", "OIDC_CLIENT_ID": "x", "TENANT_CLAIM": "tenant",
		"GATE_TTL": "5s", "PRINCIPAL_TTL": "5s", "ARX_ID": "*", "TENANT": "*",
	}
}

// someKey makes an application, an Arx and a key with the rate limit, and returns the access key too.
func someKey(t testing.TB, l *laptop, management string, limit *api.RateLimit) (app, arx, id string, key api.ClearText) {
	t.Helper()
	c := &client.Client{BaseURL: l.url(), Authorization: func(context.Context) (string, error) { return management, nil }}
	a, err := client.Call(t.Context(), c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing " + rand.Text(), Technology: api.Server})
	if err != nil {
		t.Fatal(err)
	}
	x, err := client.Call(t.Context(), c, api.CreateArx, api.CreateArxRequest{Name: "EU " + rand.Text(), Regions: []string{"eu-central-1"}})
	if err != nil {
		t.Fatal(err)
	}
	k, err := client.Call(t.Context(), c, api.CreateKey, api.CreateKeyRequest{ApplicationID: a.ID, ArxID: x.ID, RateLimit: limit})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID, x.ID, k.Key.ID, *k.AccessKey
}
