// Package metrics counts what a function does, and writes the counts as CloudWatch metrics.
//
// CloudWatch extracts metrics from log lines in its embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
// A [Recorder] writes one such line at most every ten seconds, however many requests there were. A metric
// has one dimension, the stack or the function, never a tenant or a key: CloudWatch charges for each
// combination of dimensions.
package metrics

import (
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// Namespace contains all metrics.
const Namespace = "Arxkeys"

// The dimensions. The value of Function is the name that AWS gave to the function.
const (
	Stack    = "Stack"
	Function = "Function"
)

// Metrics of the stack. All but EdgeSecretDays are counts.
const (
	VerdictPrefix      = "Verdict." // of verifications, followed by the verdict's code
	RefusedCredentials = "RefusedCredentials"
	StoreErrors        = "StoreErrors"
	WrongTable         = "WrongTable"

	ManagementKeysDue = "ManagementKeysDue" // requests with a management key that is to be replaced
	EdgeSecretDays    = "EdgeSecretDays"    // the age of the edge's secret; not a sum
)

// Metrics of a function. All but Latency are counts.
const (
	Latency        = "Latency" // of verifications, in milliseconds
	JobItems       = "JobItems"
	JobFailures    = "JobFailures"
	JobsUnfinished = "JobsUnfinished"
)

const (
	writeEvery   = 10 * time.Second
	maxLatencies = 100 // values of one metric in a line
)

// Recorder counts in memory and writes the counts as one log line. It is safe for concurrent use. A nil
// Recorder counts nothing.
//
// An invocation counts what it did and calls WriteDue after it has responded. An environment that ends
// without Write loses what it counted in its last seconds.
type Recorder struct {
	stack, function string
	log             *slog.Logger
	now             func() time.Time

	mu          sync.Mutex
	verdicts    map[string]int // counts, by code
	ofStack     map[string]int // other counts, by metric
	ofFunction  map[string]int
	latencies   []float64 // a sample of at most maxLatencies, in milliseconds
	verified    int       // how many verifications the sample is of
	lastWritten time.Time
}

// FromEnv returns the recorder of the function in STACK_NAME, or nil if there is no stack.
func FromEnv() *Recorder {
	stack := os.Getenv("STACK_NAME")
	if stack == "" {
		return nil
	}
	return New(stack, os.Getenv("AWS_LAMBDA_FUNCTION_NAME"), lambdalog.Stdout(), time.Now)
}

// New returns a recorder that writes to the log.
func New(stack, function string, log *slog.Logger, now func() time.Time) *Recorder {
	return &Recorder{
		stack: stack, function: function, log: log, now: now,
		verdicts: map[string]int{}, ofStack: map[string]int{}, ofFunction: map[string]int{}, latencies: make([]float64, 0, maxLatencies),
	}
}

// Verification counts a verification with the code of its verdict, and how long it took until the response
// was sent.
func (r *Recorder) Verification(code string, took time.Duration) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.verdicts[code]++
	r.verified++
	milliseconds := float64(took.Microseconds()) / 1000
	if len(r.latencies) < maxLatencies {
		r.latencies = append(r.latencies, milliseconds)
	} else if i := rand.IntN(r.verified); i < maxLatencies { // each one is in the sample with the same probability
		r.latencies[i] = milliseconds
	}
}

// RefusedCredential counts a request that was refused because of its credential.
func (r *Recorder) RefusedCredential() { r.addToStack(RefusedCredentials) }

// StoreError counts a request that failed because the data store did.
func (r *Recorder) StoreError() { r.addToStack(StoreErrors) }

// WrongTable counts a request or a run of a job that was refused because the table must not be used.
func (r *Recorder) WrongTable() { r.addToStack(WrongTable) }

// ManagementKeyDue counts a request whose management key is to be replaced, because it expires soon.
func (r *Recorder) ManagementKeyDue() { r.addToStack(ManagementKeysDue) }

// EdgeSecret records the age of the edge's secret in days. A later call replaces an earlier one.
func (r *Recorder) EdgeSecret(days int) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ofStack[EdgeSecretDays] = days
}

func (r *Recorder) addToStack(metric string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ofStack[metric]++
}

// Job counts a run of a job. A run that completes and has nothing to do counts as nothing, so that an idle
// stack has no metrics.
func (r *Recorder) Job(items int, failed, unfinished bool) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if items > 0 {
		r.ofFunction[JobItems] += items
	}
	if failed {
		r.ofFunction[JobFailures]++
	}
	if unfinished {
		r.ofFunction[JobsUnfinished]++
	}
}

// WriteDue writes what was counted if the last line was written ten seconds ago or earlier.
func (r *Recorder) WriteDue(ctx context.Context) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// Wall-clock times, because the monotonic clock may stop while Lambda freezes the environment.
	if since := r.now().Round(0).Sub(r.lastWritten); since < 0 || since >= writeEvery {
		r.write(ctx)
	}
}

// Write writes what was counted. Call it when the environment ends.
func (r *Recorder) Write(ctx context.Context) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(ctx)
}

// write writes one line, if anything was counted, and begins anew. The caller holds r.mu.
func (r *Recorder) write(ctx context.Context) {
	for code, n := range r.verdicts {
		r.ofStack[VerdictPrefix+code] = n
	}
	clear(r.verdicts)
	if len(r.ofStack)+len(r.ofFunction) == 0 {
		return
	}
	now := r.now().Round(0)
	attributes := make([]slog.Attr, 0, 4+len(r.ofStack)+len(r.ofFunction))
	attributes = append(attributes, slog.String(Stack, r.stack), slog.String(Function, r.function))
	var directives []directive
	for _, of := range []struct {
		dimension string
		counts    map[string]int
		latencies []float64
	}{{Stack, r.ofStack, nil}, {Function, r.ofFunction, r.latencies}} {
		d := directive{Namespace: Namespace, Dimensions: [][]string{{of.dimension}}}
		for _, name := range slices.Sorted(maps.Keys(of.counts)) {
			d.Metrics = append(d.Metrics, definition{name, "Count"})
			attributes = append(attributes, slog.Int(name, of.counts[name]))
		}
		if len(of.latencies) > 0 {
			d.Metrics = append(d.Metrics, definition{Latency, "Milliseconds"})
			attributes = append(attributes, slog.Any(Latency, of.latencies))
		}
		if len(d.Metrics) > 0 {
			directives = append(directives, d)
		}
	}
	attributes = append(attributes, slog.Any("_aws", metadata{now.UnixMilli(), directives}))
	r.log.LogAttrs(ctx, slog.LevelInfo, "metrics", attributes...)
	clear(r.ofStack)
	clear(r.ofFunction)
	r.latencies, r.verified, r.lastWritten = r.latencies[:0], 0, now
}

// metadata is the member _aws of a line in the embedded metric format. Names refer to other members of the
// line.
type metadata struct {
	Timestamp         int64 // milliseconds since 1970
	CloudWatchMetrics []directive
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []definition
}

type definition struct{ Name, Unit string }
