package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/fill"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/api"
)

// BenchmarkScale measures the cost of operations in tenants of growing size: the real functions, over the Runtime
// API. Calls and capacity units of DynamoDB are those of one warm invocation, the time is the median of many, and the
// CPU is that of the function's process.
//
// SCALE sets the number of keys of the largest tenant. The data is cached in build/scale. Without SCALE the tenants are
// small.
func BenchmarkScale(b *testing.B) {
	sizes, kept := []int{10, 1000}, ""
	if text := os.Getenv("SCALE"); text != "" {
		most, err := strconv.Atoi(text)
		if err != nil {
			b.Fatalf("SCALE: %v", err)
		}
		sizes, kept = []int{10, 10_000, 100_000, 1_000_000}, filepath.Join(root, "build", "scale")
		sizes = slices.DeleteFunc(sizes, func(n int) bool { return n > most })
	}
	for _, keys := range sizes {
		scale(b, kept, strconv.Itoa(keys), fill.Tenant{Name: scaled, Keys: keys, Applications: 50, Arxes: 10})
	}
	if kept != "" {
		scale(b, kept, "wide", fill.Tenant{Name: scaled, Keys: 20_000, Applications: 500, Arxes: 100})
	}
	if slices.Contains(sizes, 1_000_000) {
		tenants := make([]fill.Tenant, 50)
		for i := range tenants {
			tenants[i] = fill.Tenant{Name: scaled, Keys: 20_000, Applications: 50, Arxes: 10}
			if i > 0 {
				tenants[i].Name += fmt.Sprint("-", i+1)
			}
		}
		scale(b, kept, "tenants", tenants...)
	}
}

// scaled is the tenant that is filled. It is the tenant of the people who can sign in, so that make run shows it.
const scaled = "example"

// scale measures all operations in the first of the tenants.
func scale(b *testing.B, kept, name string, tenants ...fill.Tenant) {
	b.Run("keys="+name, func(b *testing.B) {
		dir := filepath.Join(kept, name)
		if kept == "" {
			dir = b.TempDir()
		}
		s := newScene(b, dir, tenants)
		for b.Loop() {
			fmt.Println()
			s.ids = nil
			fmt.Printf("%-44s %5s %7s %7s %9s %9s %10s\n", "operation", "calls", "RCU", "WCU", "CPU", "time", "of getitem")
			for _, op := range s.operations() {
				s.measure(b, op)
			}
		}
		b.ReportMetric(0, "ns/op") // the total has no meaning
	})
}

// scene is a filled tenant with everything that is needed to measure in it.
type scene struct {
	engine     *engine.Engine
	metered    *metered
	binaries   map[string]string // by function
	management string
	app, arx   string
	ids        []string // of keys that the benchmark created
	key        string   // an access key
	limited    string   // an access key with a rate limit
	bare       float64  // CPU of a plain GetItem
}

func newScene(b *testing.B, dir string, tenants []fill.Tenant) *scene {
	b.Helper()
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, engine.FileName)); errors.Is(err, fs.ErrNotExist) {
		check(fill.DataDir(ctx, root, dir, scaledTable, tenants...))
	}
	s := &scene{binaries: map[string]string{}}
	var err error
	s.engine, err = engine.Start(ctx, engine.Config{Root: root, DataDir: dir})
	check(err)
	b.Cleanup(s.engine.Stop)
	s.metered = newMetered(b, s.engine.Endpoint)
	s.management, err = fill.ManagementKey(ctx, s.engine.Client(), scaledTable, tenants[0].Name)
	check(err)
	names := []string{"jobs/expiry", "jobs/rollup"}
	for _, op := range s.operations() {
		names = append(names, op.function())
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "baseline/") })
	slices.Sort(names)
	names = slices.Compact(names)
	_, err = build.Functions(ctx, root, names, func(string, int, int) {})
	check(err)
	for _, name := range names {
		s.binaries[name] = unpacked(b, build.Binary(root, name))
	}
	s.binaries["baseline/getitem"] = baseline(b, "getitem")
	s.jobs(b)
	s.app, s.arx = s.first(b, "applications/list"), s.first(b, "arxes/list")
	s.limited = s.limitedKey(b)
	return s
}

const scaledTable = "arxkeys"

// jobs runs the jobs until nothing is due.
func (s *scene) jobs(b *testing.B) {
	b.Helper()
	for _, name := range []string{"jobs/expiry", "jobs/rollup"} {
		job := lambda.New(s.config(name, s.engine.Endpoint, 15*time.Minute))
		began := time.Now()
		if _, err := job.Invoke(b.Context(), []byte(`{}`)); err != nil {
			b.Fatalf("%s: %v", name, err)
		}
		fmt.Printf("%s took %s\n", name, time.Since(began).Round(time.Millisecond))
		job.Stop()
	}
}

// first returns the id of the record that was created first.
func (s *scene) first(b *testing.B, name string) string {
	b.Helper()
	f := lambda.New(s.config(name, s.engine.Endpoint, 10*time.Second))
	defer f.Stop()
	answer := s.invoke(b, f, s.get("limit=1&sort=created_at", nil))
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(answer), &list); err != nil || len(list.Items) == 0 {
		b.Fatalf("%s: %s, %v", name, answer, err)
	}
	return list.Items[0].ID
}

// limitedKey creates a key with a rate limit that is never reached.
func (s *scene) limitedKey(b *testing.B) string {
	b.Helper()
	f := lambda.New(s.config("keys/create", s.engine.Endpoint, 10*time.Second))
	defer f.Stop()
	var made api.CreatedKey
	answer := s.invoke(b, f, s.request("", nil, api.CreateKeyRequest{
		ApplicationID: s.app, ArxID: s.arx, Name: "measured with a limit", RateLimit: &api.RateLimit{Limit: 43_200_000, WindowSeconds: 86400},
	}))
	if err := json.Unmarshal([]byte(answer), &made); err != nil {
		b.Fatal(err)
	}
	return string(*made.AccessKey)
}

func (s *scene) config(name, endpoint string, timeout time.Duration) lambda.Config {
	l := laptop{engine: &engine.Engine{Endpoint: endpoint, AccessKey: s.engine.AccessKey}}
	return lambda.Config{Name: name, Binary: s.binaries[name], Region: engine.Region, Timeout: timeout, MemoryMB: 256, Environment: l.environment()}
}

// request returns the event of a request.
func (s *scene) request(query string, path map[string]string, body any) []byte {
	r := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawQueryString: query, PathParameters: path, RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: "bench"},
		Headers: map[string]string{"authorization": "Bearer " + s.management},
	}
	if body != nil {
		encoded, _ := json.Marshal(body) // cannot fail for requests of the API
		r.Body, r.Headers["content-type"] = string(encoded), "application/json"
	}
	encoded, _ := json.Marshal(r)
	return encoded
}

func (s *scene) get(query string, path map[string]string) []byte { return s.request(query, path, nil) }

// invoke returns the body of a successful response. It fails the benchmark for any other.
func (s *scene) invoke(b *testing.B, f *lambda.Function, event []byte) string {
	b.Helper()
	result, err := f.Invoke(b.Context(), event)
	if err != nil {
		b.Fatal(err)
	}
	var answer struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(result.Payload, &answer); err != nil || answer.StatusCode/100 != 2 {
		b.Fatalf("%s, %v", result.Payload, err)
	}
	return answer.Body
}

// operation is an operation to measure.
type operation struct {
	name  string                   // the function and, after a comma, the variant
	event func(i int) []byte       // of the invocation with the number
	after func(i int, body string) // called with the body of each response; may be nil

}

func (o operation) function() string {
	name, _, _ := strings.Cut(o.name, ",")
	return name
}

const (
	meteredRuns = 5
	timedRuns   = 40
)

// operations returns all operations in the order of measurement: create creates the keys that others change.
func (s *scene) operations() []operation {
	same := func(event func() []byte) func(int) []byte { return func(int) []byte { return event() } }
	list := func(name, query string) operation {
		return operation{name: "keys/list," + name, event: same(func() []byte {
			return s.get("limit=50&"+strings.NewReplacer("APP", s.app, "ARX", s.arx).Replace(query), nil)
		})}
	}
	plain := func(name, query string) operation {
		return operation{name: name, event: same(func() []byte {
			return s.get(strings.NewReplacer("APP", s.app, "ARX", s.arx).Replace(query), nil)
		})}
	}
	one := func(name string, body any) operation {
		return operation{name: name, event: func(i int) []byte { return s.request("", map[string]string{"id": s.ids[i%len(s.ids)]}, body) }}
	}
	create := operation{name: "keys/create", event: same(func() []byte {
		return s.request("", nil, api.CreateKeyRequest{ApplicationID: s.app, ArxID: s.arx, Name: "measured key", ExpiresAt: new(time.Now().Add(100 * 24 * time.Hour))})
	}), after: func(_ int, body string) {
		var made api.CreatedKey
		_ = json.Unmarshal([]byte(body), &made) // a successful response
		s.ids, s.key = append(s.ids, made.Key.ID), string(*made.AccessKey)
	}}
	verify := func(key *string) func(int) []byte {
		return func(int) []byte { return s.request("", nil, api.VerifyKeyRequest{Key: api.ClearText(*key)}) }
	}
	return []operation{
		create,
		{name: "baseline/getitem", event: verify(&s.key)},
		{name: "keys/verify", event: verify(&s.key)}, {name: "keys/verify,with a rate limit", event: verify(&s.limited)},
		list("newest first", ""), list("oldest first", "sort=created_at"),
		list("by name", "sort=name"), list("by name backwards", "sort=-name"), list("by status", "sort=status"), list("by status backwards", "sort=-status"),
		list("by expiry", "sort=expires_at"), list("by rotation", "sort=rotate_by"),
		list("active", "status=active"), list("disabled", "status=disabled"), list("expired", "status=expired"), list("deleted", "status=deleted"),
		list("with deleted", "include=deleted"), list("with deleted, by name", "include=deleted&sort=name"),
		list("working", "status=working"), list("stopped", "status=stopped"), list("expiring", "status=expiring"), list("rotation due", "status=rotation_due"), list("unused", "status=unused"),
		list("of an application", "application_id=APP"), list("of an Arx", "arx_id=ARX"), list("of both", "application_id=APP&arx_id=ARX"),
		list("disabled of an application", "application_id=APP&status=disabled"), list("of an application, by name", "application_id=APP&sort=name"),
		list("disabled, by name", "status=disabled&sort=name"), list("unused, by name", "status=unused&sort=name"),
		list("search: the beginning of one word", "q=zyzz"), list("search: a frequent word", "q=nightly"), list("search: inside of one word", "q=yzzyv"),
		list("search: nothing is found", "q=nothing-is-called-so"), list("search: a word, disabled", "q=nightly&status=disabled"),
		plain("overview", ""),
		plain("usage,the tenant, a day", ""), plain("usage,the tenant, 30 days", "interval=day"),
		plain("usage,an application", "application_id=APP"), plain("usage,an Arx", "arx_id=ARX"),
		plain("applications/list", "limit=50"), plain("applications/list,by name", "limit=50&sort=name"), plain("arxes/list", "limit=50"), plain("arxes/list,by name", "limit=50&sort=name"),
		{name: "applications/get", event: same(func() []byte { return s.get("", map[string]string{"id": s.app}) })},
		{name: "arxes/get", event: same(func() []byte { return s.get("", map[string]string{"id": s.arx}) })},
		one("keys/get", nil), one("keys/usage", nil),
		one("keys/update", map[string]string{"name": "measured anew"}), one("keys/disable", nil), one("keys/enable", nil),
		one("keys/rotate", map[string]int{"overlap_seconds": 0}), one("keys/delete", nil),
	}
}

// measure measures the operation, and prints the results.
func (s *scene) measure(b *testing.B, op operation) {
	b.Helper()
	n := 0
	ask := func(f *lambda.Function) {
		body := s.invoke(b, f, op.event(n))
		if op.after != nil {
			op.after(n, body)
		}
		n++
	}
	counting := lambda.New(s.config(op.function(), s.metered.URL, 10*time.Second))
	ask(counting)
	time.Sleep(200 * time.Millisecond) // wait for writes after the first response
	s.metered.reset()
	for range meteredRuns {
		ask(counting)
	}
	calls, read, write := s.metered.reset()
	counting.Stop()

	config := s.config(op.function(), s.engine.Endpoint, 10*time.Second)
	before := childrenCPU()
	started := lambda.New(config)
	ask(started)
	started.Stop()
	ofStart := childrenCPU() - before
	before = childrenCPU()
	started = lambda.New(config)
	ask(started)
	var times []float64
	for range timedRuns {
		began := time.Now()
		ask(started)
		times = append(times, time.Since(began).Seconds()*1000)
	}
	started.Stop()
	cpu := (childrenCPU() - before - ofStart).Seconds() * 1000 / timedRuns
	if op.name == "baseline/getitem" {
		s.bare = cpu
	}
	of := ""
	if s.bare > 0 {
		of = fmt.Sprintf("%.1f", cpu/s.bare)
	}
	fmt.Printf("%-44s %5.1f %7.1f %7.1f %6.2f ms %6.2f ms %10s\n", op.name, float64(calls)/meteredRuns, read/meteredRuns, write/meteredRuns, cpu, median(times), of)
}
