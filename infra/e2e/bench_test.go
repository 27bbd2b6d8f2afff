package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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

// BenchmarkWarm measures warm invocations: the real binary, over the Runtime API, one response after another of one
// environment. It also measures four baseline programs: baseline/nothing does nothing, baseline/hello is a
// hello-world, baseline/getitem is the minimum of a verification, and baseline/page the minimum of a page of 50 keys.
// Each round runs all of them in random order, because the speed of a machine changes from minute to minute. It
// reports the median of the times, and the CPU time of the process without its start and shutdown.
func BenchmarkWarm(b *testing.B) {
	const turn = 10 // invocations
	all := measured(b)
	ofStart, environments, times := make([]time.Duration, len(all)), make([]*lambda.Function, len(all)), make([][]float64, len(all))
	for i, f := range all {
		before := childrenCPU()
		f.start(b).Stop()
		ofStart[i] = childrenCPU() - before
		environments[i] = f.start(b)
	}
	for b.Loop() {
		for _, i := range mathrand.Perm(len(all)) {
			for range turn {
				began := time.Now()
				all[i].invoke(b, environments[i])
				times[i] = append(times[i], time.Since(began).Seconds()*1e6)
			}
		}
	}
	b.ReportMetric(0, "ns/op") // the total has no meaning
	cpu := make([]float64, len(all))
	for i := range all {
		before := childrenCPU()
		environments[i].Stop()
		cpu[i] = float64((childrenCPU() - before - ofStart[i]).Microseconds()) / float64(b.N*turn)
	}
	least := slices.IndexFunc(all, func(f subject) bool { return f.name == "baseline/getitem" })
	page := slices.IndexFunc(all, func(f subject) bool { return f.name == "baseline/page" })
	for i, f := range all {
		b.Logf("%-24s %6.0f µs  %6.0f µs CPU  %5.2f of getitem  %5.2f of page", f.name, median(times[i]), cpu[i], cpu[i]/cpu[least], cpu[i]/cpu[page])
		b.ReportMetric(cpu[i]/cpu[least], f.unit()+":getitem-cpu")
	}
}

// BenchmarkColdStart measures the time from the start of a process to its first response. Each round runs all
// programs in random order, because the speed of a machine changes from minute to minute. For each program it reports
// the median of the times, and the medians of the ratios to baseline/hello and baseline/nothing in the same round.
// The CPU time is that of the process until it has exited, including its writes at shutdown.
func BenchmarkColdStart(b *testing.B) {
	all := measured(b)
	times, ofHello, ofNothing := make([][]float64, len(all)), make([][]float64, len(all)), make([][]float64, len(all))
	cpu := make([]time.Duration, len(all))
	for b.Loop() {
		took := make([]float64, len(all))
		for _, i := range mathrand.Perm(len(all)) {
			before, began := childrenCPU(), time.Now()
			started := all[i].start(b)
			took[i] = time.Since(began).Seconds() * 1000
			started.Stop()
			cpu[i] += childrenCPU() - before
		}
		for i := range all {
			times[i] = append(times[i], took[i])
			ofNothing[i], ofHello[i] = append(ofNothing[i], took[i]/took[0]), append(ofHello[i], took[i]/took[1])
		}
	}
	b.ReportMetric(0, "ns/op") // the total has no meaning
	for i, f := range all {
		b.Logf("%-20s %6.2f ms  %5.2f of hello  %5.2f of nothing  %6.2f ms CPU",
			f.name, median(times[i]), median(ofHello[i]), median(ofNothing[i]), cpu[i].Seconds()*1000/float64(b.N))
		b.ReportMetric(median(ofHello[i]), f.unit()+":hello")
	}
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// subject is a binary, its event, and a part of the expected response.
type subject struct {
	name   string // and, after a comma, the variant
	binary string
	event  []byte
	answer string
	config lambda.Config
}

// unit returns the name in the form of a benchmark unit.
func (f subject) unit() string { return strings.ReplaceAll(f.name, " ", "-") }

// start starts an environment and invokes it once.
func (f subject) start(b *testing.B) *lambda.Function {
	b.Helper()
	started := lambda.New(f.config)
	f.invoke(b, started)
	return started
}

func (f subject) invoke(b *testing.B, started *lambda.Function) {
	b.Helper()
	result, err := started.Invoke(b.Context(), f.event)
	if err != nil {
		b.Fatal(err)
	}
	if !bytes.Contains(bytes.ReplaceAll(result.Payload, []byte(`": `), []byte(`":`)), []byte(f.answer)) {
		b.Fatalf("%s", result.Payload)
	}
}

// measured returns the programs to measure, baseline/nothing and baseline/hello first, on a laptop of their own.
func measured(b *testing.B) []subject {
	b.Helper()
	l := newLaptop(b.TempDir())
	if err := l.start(false); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(l.stop)
	management := l.managementKey()
	app, arx, id, key := someKey(b, l, management, nil)
	_, _, _, limited := someKey(b, l, management, &api.RateLimit{Limit: 43_200_000, WindowSeconds: 86400})

	furnish(b, l, management)

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
	listing := func(query string) []byte {
		return encode(events.APIGatewayV2HTTPRequest{
			Version: "2.0", RawQueryString: query, RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "bench"},
			Headers: map[string]string{"authorization": "Bearer " + management},
		})
	}
	verify := event(api.VerifyKeyRequest{Key: key}, nil)
	const good, allowed = `"statusCode":20`, `"isAuthorized":true`
	all := []subject{
		{name: "baseline/nothing", event: verify, answer: good},
		{name: "baseline/hello", event: verify, answer: good},
		{name: "baseline/getitem", event: verify, answer: good},
		{name: "baseline/page", event: []byte(`{"Tenant": "example"}`), answer: good},
		{name: "openapi", event: []byte(`{"version": "2.0"}`), answer: good},
		{name: "keys/verify", event: verify, answer: good},
		{name: "keys/verify,limited", event: event(api.VerifyKeyRequest{Key: limited}, nil), answer: good},
		{name: "check", event: encode(checkEvent(verifierKey(b, l), arx, key)), answer: good},
		{name: "authorizers/apikey", event: encode(events.APIGatewayV2CustomAuthorizerV2Request{
			Version: "2.0", Type: "REQUEST", RouteKey: "GET /pets", Headers: map[string]string{"x-api-key": string(key)},
		}), answer: allowed},
		{name: "keys/create", event: event(api.CreateKeyRequest{ApplicationID: app, ArxID: arx}, nil), answer: good},
		{name: "keys/usage", event: event(nil, map[string]string{"id": id}), answer: good},
		{name: "keys/list,page", event: listing("limit=50"), answer: good},
		{name: "keys/list,by-name", event: listing("limit=50&sort=name"), answer: good},
		{name: "overview", event: event(nil, nil), answer: good},
	}
	for i := range all {
		f := &all[i]
		name, _, _ := strings.Cut(f.name, ",")
		f.binary = build.Binary(root, name)
		if bare, ok := strings.CutPrefix(name, "baseline/"); ok {
			f.binary = baseline(b, bare)
		}
		f.binary = unpacked(b, f.binary)
		f.config = lambda.Config{Name: f.name, Binary: f.binary, Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 256, Environment: l.environment()}
	}
	return all
}

// unpacked returns a copy of the binary that was written sequentially, like one from an archive. The linker writes
// files out of order, and the system then maps them in smaller pieces, which costs a tenth of a cold start.
func unpacked(b *testing.B, binary string) string {
	b.Helper()
	content, err := os.ReadFile(binary)
	if err != nil {
		b.Fatal(err)
	}
	to := filepath.Join(b.TempDir(), "bootstrap")
	if err := os.WriteFile(to, content, 0o700); err != nil {
		b.Fatal(err)
	}
	return to
}

// baseline builds a baseline program with the flags of functions, and returns its path.
func baseline(b *testing.B, name string) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), name)
	cmd, err := build.Command(b.Context(), root, "-ldflags=-s -w", "-o", binary, "./infra/e2e/testdata/baseline/"+name)
	if err != nil {
		b.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return binary
}

// childrenCPU returns the CPU time of all child processes that have ended.
func childrenCPU() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage) // cannot fail
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// environment returns the environment variables of a function in template.yaml, for this laptop.
func (l *laptop) environment() map[string]string {
	return map[string]string{
		"TABLE_NAME": "arxkeys", "AWS_ENDPOINT_URL_DYNAMODB": l.engine.Endpoint,
		"AWS_ACCESS_KEY_ID": l.engine.AccessKey, "AWS_SECRET_ACCESS_KEY": engine.SecretKey,
		"OIDC_ISSUER": "http://127.0.0.1:1/oidc", "OIDC_JWKS_URL": "http://127.0.0.1:1/jwks.json", "OIDC_CLIENT_IDS": "x", "TENANT_CLAIM": "tenant",
		"GATE_TTL": "5s", "PRINCIPAL_TTL": "5s", "ARX_ID": "*", "TENANT": "*", "STACK_NAME": "local",
	}
}

// furnish creates five applications, ten Arxes, and fifty keys of theirs, and uses each key.
func furnish(b *testing.B, l *laptop, management string) {
	b.Helper()
	c := &client.Client{BaseURL: l.url(), Authorization: func(context.Context) (string, error) { return management, nil }}
	call := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	var apps, arxes []string
	for i := range 10 {
		if i < 5 {
			a, err := client.Call(b.Context(), c, api.CreateApplication, api.CreateApplicationRequest{Name: fmt.Sprint("application ", i), Technology: api.Server})
			call(err)
			apps = append(apps, a.ID)
		}
		x, err := client.Call(b.Context(), c, api.CreateArx, api.CreateArxRequest{Name: fmt.Sprint("Arx ", i), Regions: []string{"eu-central-1"}})
		call(err)
		arxes = append(arxes, x.ID)
	}
	for i := range 50 {
		k, err := client.Call(b.Context(), c, api.CreateKey, api.CreateKeyRequest{ApplicationID: apps[i%5], ArxID: arxes[i%10], Name: fmt.Sprint("nightly export ", i)})
		call(err)
		_, err = client.Call(b.Context(), c, api.VerifyKey, api.VerifyKeyRequest{Key: *k.AccessKey})
		call(err)
	}
}

// someKey creates an application, an Arx and a key with the rate limit, and also returns the access key.
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
