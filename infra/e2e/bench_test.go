package e2e

import (
	"context"
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
// of one environment; the CPU is that of the function's process. Two bare programs run beside them:
// floor/hello does nothing, floor/getitem the least that a verification takes.
func BenchmarkInvocation(b *testing.B) {
	l := newLaptop(b.TempDir())
	if err := l.start(false); err != nil {
		b.Fatal(err)
	}
	defer l.stop()
	management := l.managementKey()
	app, arx, key := someKey(b, l, management)

	event := func(body any) []byte {
		encoded, err := json.Marshal(body)
		if err != nil {
			b.Fatal(err)
		}
		request, err := json.Marshal(events.APIGatewayV2HTTPRequest{
			Version: "2.0", Body: string(encoded), RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "bench"},
			Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"},
		})
		if err != nil {
			b.Fatal(err)
		}
		return request
	}
	verify := event(api.VerifyKeyRequest{Key: key})
	for _, f := range []struct {
		name  string
		event []byte
	}{
		{"floor/hello", verify},
		{"floor/getitem", verify},
		{"openapi", []byte(`{"version": "2.0"}`)},
		{"keys/verify", verify},
		{"keys/create", event(api.CreateKeyRequest{ApplicationID: app, ArxID: arx})},
	} {
		binary := build.Binary(root, f.name)
		if bare, ok := strings.CutPrefix(f.name, "floor/"); ok {
			binary = floor(b, bare)
		}
		start := func() *lambda.Function {
			return lambda.New(lambda.Config{Name: f.name, Binary: binary, Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 256, Environment: l.environment()})
		}
		invoke := func(b *testing.B, started *lambda.Function) {
			result, err := started.Invoke(b.Context(), f.event)
			if err != nil {
				b.Fatal(err)
			}
			var answer events.APIGatewayV2HTTPResponse
			if err := json.Unmarshal(result.Payload, &answer); err != nil || answer.StatusCode/100 != 2 {
				b.Fatalf("%v: %s", err, result.Payload)
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
			b.ReportMetric(float64((childrenCPU()-before).Microseconds())/float64(b.N), "cpu-µs/op")
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
			b.ReportMetric(float64((childrenCPU()-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// floor builds a bare program as functions are built, and returns its path.
func floor(b *testing.B, name string) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), name)
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-tags=lambda.norpc,nethttpomithttp2", "-ldflags=-s -w", "-o", binary, "./testdata/floor/"+name)
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
		"GATE_TTL": "5s", "PRINCIPAL_TTL": "5s",
	}
}

// someKey makes an application, an Arx and a key, and returns the access key.
func someKey(b *testing.B, l *laptop, management string) (app, arx string, key api.ClearText) {
	b.Helper()
	c := &client.Client{BaseURL: l.url(), Authorization: func(context.Context) (string, error) { return management, nil }}
	a, err := client.Call(b.Context(), c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server})
	if err != nil {
		b.Fatal(err)
	}
	x, err := client.Call(b.Context(), c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}})
	if err != nil {
		b.Fatal(err)
	}
	k, err := client.Call(b.Context(), c, api.CreateKey, api.CreateKeyRequest{ApplicationID: a.ID, ArxID: x.ID})
	if err != nil {
		b.Fatal(err)
	}
	return a.ID, x.ID, *k.AccessKey
}
