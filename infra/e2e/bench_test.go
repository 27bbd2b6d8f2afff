package e2e

import (
	"context"
	"encoding/json"
	"os"
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
// of one environment. openapi reads no data: it is what a function costs that does nothing.
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
	for _, f := range []struct {
		name  string
		event []byte
	}{
		{"openapi", []byte(`{"version": "2.0"}`)},
		{"keys/verify", event(api.VerifyKeyRequest{Key: key})},
		{"keys/create", event(api.CreateKeyRequest{ApplicationID: app, ArxID: arx})},
	} {
		binary := build.Binary(root, f.name)
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
			for b.Loop() {
				started := start()
				invoke(b, started)
				b.StopTimer()
				started.Stop()
				b.StartTimer()
			}
			if file, err := os.Stat(binary); err == nil {
				b.ReportMetric(float64(file.Size())/1e6, "MB/binary")
			}
		})
		b.Run("warm/"+f.name, func(b *testing.B) {
			started := start()
			defer started.Stop()
			invoke(b, started)
			for b.Loop() {
				invoke(b, started)
			}
		})
	}
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
