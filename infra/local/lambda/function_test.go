package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/build"
)

// probe is the path of the binary of testdata/probe.
var probe string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "probe")
	if err != nil {
		panic(err)
	}
	probe = filepath.Join(dir, "bootstrap")
	root, err := filepath.Abs("../../..")
	if err != nil {
		panic(err)
	}
	cmd, err := build.Command(context.Background(), root, "-o", probe, "./infra/local/lambda/testdata/probe")
	if err != nil {
		panic(err)
	}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// answer is the probe's response, which describes its process.
type answer struct {
	PID       int    `json:"pid"`
	Count     int    `json:"count"`
	RequestID string `json:"request_id"`
	ARN       string `json:"arn"`
	Left      int64  `json:"left_ms"`
	Env       string `json:"env"`
}

// start returns a function of the probe that is stopped with the test.
func start(t *testing.T, change ...func(*Config)) *Function {
	t.Helper()
	c := Config{Name: "ProbeFunction", Binary: probe, Region: "local", Timeout: time.Minute, MemoryMB: 512, Environment: map[string]string{"OWN": "yes"}}
	for _, f := range change {
		f(&c)
	}
	f := New(c)
	t.Cleanup(f.Stop)
	return f
}

// do invokes the probe, and fails the test if it returns an error.
func do(t *testing.T, f *Function, what string) (answer, Result) {
	t.Helper()
	r, err := f.Invoke(t.Context(), fmt.Appendf(nil, `{"do":%q}`, what))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var a answer
	if err := json.Unmarshal(r.Payload, &a); err != nil {
		t.Fatalf("%s: %s: %v", what, r.Payload, err)
	}
	return a, r
}

// fails invokes the probe and returns its error's type and message.
func fails(t *testing.T, f *Function, event string) (kind, message string) {
	t.Helper()
	_, err := f.Invoke(t.Context(), []byte(event))
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("%s: the error is %v", event, err)
	}
	return e.Type, e.Message
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for !holds() {
		select {
		case <-t.Context().Done():
			t.Fatalf("never: %s", what)
		default:
			runtime.Gosched()
			time.Sleep(time.Millisecond)
		}
	}
}

// works reports whether an environment is handling the event.
func works(f *Function, what string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for e := range f.environments {
		if e.current != nil && strings.Contains(string(e.current.event), what) {
			return true
		}
	}
	return false
}

func TestFirstInvocationIsColdAndTheNextIsWarmInTheSameProcess(t *testing.T) {
	f := start(t)
	a, first := do(t, f, "echo")
	b, second := do(t, f, "echo")
	if !first.Cold || second.Cold {
		t.Errorf("cold: %t, then %t", first.Cold, second.Cold)
	}
	if a.PID != b.PID || b.Count != 2 {
		t.Errorf("processes %d and %d, count %d", a.PID, b.PID, b.Count)
	}
	if a.RequestID != first.RequestID || a.RequestID == b.RequestID {
		t.Errorf("request ids %s (reported as %s), then %s", a.RequestID, first.RequestID, b.RequestID)
	}
	if a.ARN != "arn:aws:lambda:local:000000000000:function:ProbeFunction" {
		t.Errorf("the ARN is %s", a.ARN)
	}
	if a.Left <= 0 || a.Left > time.Minute.Milliseconds() {
		t.Errorf("%d ms are left of a minute", a.Left)
	}
}

func TestProcessHasLambdasEnvironmentAndNotOurs(t *testing.T) {
	t.Setenv("OF_THE_HOST", "secret")
	a, _ := do(t, start(t), "env")
	for _, want := range []string{"OWN=yes", "AWS_LAMBDA_FUNCTION_NAME=ProbeFunction", "AWS_REGION=local", "_HANDLER=bootstrap", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512", "TZ=:UTC"} {
		if !slices.Contains(strings.Split(a.Env, "\n"), want) {
			t.Errorf("%s is missing in:\n%s", want, a.Env)
		}
	}
	if strings.Contains(a.Env, "OF_THE_HOST") {
		t.Error("the process has a variable of the host")
	}
}

func TestReloadStartsNewProcessesAndLetsBusyOnesFinish(t *testing.T) {
	farewell, meeting := filepath.Join(t.TempDir(), "farewell"), filepath.Join(t.TempDir(), "here")
	f := start(t, func(c *Config) { c.Environment["PROBE_FAREWELL"] = farewell })
	idle, _ := do(t, f, "echo")
	f.Reload()
	fresh, second := do(t, f, "echo")
	if fresh.PID == idle.PID || !second.Cold {
		t.Errorf("the processes are %d and %d, cold: %t", idle.PID, fresh.PID, second.Cold)
	}
	eventually(t, "the idle environment receives SIGTERM", func() bool { _, err := os.Stat(farewell); return err == nil })

	busy := make(chan error)
	var at answer
	go func() {
		r, err := f.Invoke(context.WithoutCancel(t.Context()), fmt.Appendf(nil, `{"do":"meet","path":%q}`, meeting))
		json.Unmarshal(r.Payload, &at)
		busy <- err
	}()
	eventually(t, "it is at work", func() bool { return works(f, "meet") })
	f.Reload()
	if other, _ := do(t, f, "echo"); other.PID == fresh.PID {
		t.Error("the event went to the retired environment")
	}
	if err := os.WriteFile(meeting, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-busy; err != nil || at.PID != fresh.PID {
		t.Errorf("the busy environment returned %v, from process %d, want %d", err, at.PID, fresh.PID)
	}
	eventually(t, "only the new environment is left", func() bool { return f.Environments() == 1 })
}

func TestReloadWhileTheOnlyEnvironmentStartsServesWaitingInvocations(t *testing.T) {
	f := start(t, func(c *Config) { c.MaxEnvironments = 1 })
	answers := make(chan error)
	go func() {
		_, err := f.Invoke(context.WithoutCancel(t.Context()), []byte(`{"do":"echo"}`))
		answers <- err
	}()
	eventually(t, "it starts", func() bool { return f.Environments() == 1 })
	f.Reload()
	if err := <-answers; err != nil {
		t.Error(err)
	}
}

func TestConcurrentInvocationsHaveEnvironmentsOfTheirOwnUpToTheCap(t *testing.T) {
	f := start(t, func(c *Config) { c.MaxEnvironments = 3 })
	meeting := filepath.Join(t.TempDir(), "all-here")
	pids := make(chan int, 12)
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			r, err := f.Invoke(t.Context(), fmt.Appendf(nil, `{"do":"meet","path":%q}`, meeting))
			if err != nil {
				t.Error(err)
				return
			}
			var a answer
			json.Unmarshal(r.Payload, &a)
			pids <- a.PID
		})
	}
	eventually(t, "three work and nine wait", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.environments) == 3 && len(f.waiting) == 9 && f.starting == 0
	})
	if err := os.WriteFile(meeting, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	close(pids)
	distinct := map[int]bool{}
	for pid := range pids {
		distinct[pid] = true
	}
	if len(distinct) != 3 {
		t.Errorf("%d processes served", len(distinct))
	}
}

func TestFunctionErrorKeepsItsProcess(t *testing.T) {
	f := start(t)
	a, _ := do(t, f, "echo")
	kind, message := fails(t, f, `{"do":"error"}`)
	if kind != "errorString" || message != "no luck" {
		t.Errorf("the error is %s: %s", kind, message)
	}
	if b, _ := do(t, f, "echo"); b.PID != a.PID {
		t.Errorf("process %d, then %d", a.PID, b.PID)
	}
}

func TestAfterAPanicTheNextInvocationHasAFreshProcess(t *testing.T) {
	f := start(t)
	a, _ := do(t, f, "echo")
	if kind, message := fails(t, f, `{"do":"panic"}`); kind != "string" || message != "oh no" {
		t.Errorf("the error is %s: %s", kind, message)
	}
	for range 5 {
		b, r := do(t, f, "echo")
		if b.PID == a.PID {
			t.Fatal("the process that panicked was reused")
		}
		if b.Count == 1 != r.Cold {
			t.Errorf("invocation %d of the process is reported as cold: %t", b.Count, r.Cold)
		}
	}
}

func TestExitedProcessFailsOneInvocationAndIsReplaced(t *testing.T) {
	f := start(t)
	if kind, message := fails(t, f, `{"do":"exit"}`); kind != "Runtime.ExitError" || !strings.Contains(message, "exit status 7") {
		t.Errorf("the error is %s: %s", kind, message)
	}
	do(t, f, "echo")
}

func TestIdleProcessThatDiesIsReplacedWithoutAnError(t *testing.T) {
	f := start(t)
	a, _ := do(t, f, "echo")
	if err := syscall.Kill(a.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the environment is gone", func() bool { return f.Environments() == 0 })
	if b, r := do(t, f, "echo"); b.PID == a.PID || !r.Cold {
		t.Errorf("process %d, then %d, cold %t", a.PID, b.PID, r.Cold)
	}
}

func TestTimeoutKillsTheProcess(t *testing.T) {
	f := start(t, func(c *Config) { c.Timeout = time.Second })
	a, _ := do(t, f, "echo")
	if kind, message := fails(t, f, `{"do":"hang"}`); kind != "Sandbox.Timedout" || message != "Task timed out after 1.00 seconds" {
		t.Errorf("the error is %s: %s", kind, message)
	}
	eventually(t, "the process is gone", func() bool { return syscall.Kill(a.PID, 0) != nil })
	do(t, f, "echo")
}

func TestExitBeforeTheFirstEventFailsTheWaitingInvocation(t *testing.T) {
	var mu sync.Mutex
	var printed []string
	f := start(t, func(c *Config) {
		c.Environment = map[string]string{"PROBE_EXIT": "1"}
		c.Output = func(line string) { mu.Lock(); defer mu.Unlock(); printed = append(printed, line) }
	})
	for range 2 {
		if kind, message := fails(t, f, `{}`); kind != "Runtime.ExitError" || !strings.Contains(message, "exit status 3") {
			t.Errorf("the error is %s: %s", kind, message)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(printed) == 0 || printed[0] != "not in the mood" {
		t.Errorf("the output is %q", printed)
	}
}

func TestMissingBinaryIsAnError(t *testing.T) {
	f := start(t, func(c *Config) { c.Binary = filepath.Join(t.TempDir(), "bootstrap") })
	if kind, message := fails(t, f, `{}`); kind != "Runtime.InvalidEntrypoint" || !strings.Contains(message, "no such file") {
		t.Errorf("the error is %s: %s", kind, message)
	}
}

func TestOversizedResponseIsAnErrorAndOversizedEventIsRefused(t *testing.T) {
	f := start(t)
	if kind, _ := fails(t, f, `{"do":"big"}`); kind != "Function.ResponseSizeTooLarge" {
		t.Errorf("the error is %s", kind)
	}
	do(t, f, "echo")
	if _, err := f.Invoke(t.Context(), make([]byte, MaxPayloadBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("the error is %v", err)
	}
}

func TestOutputOfTheFunctionIsPassedOn(t *testing.T) {
	lines := make(chan string, 10)
	f := start(t, func(c *Config) { c.Output = func(line string) { lines <- line } })
	do(t, f, "print")
	got := []string{<-lines, <-lines}
	if !slices.Contains(got, "one line") || !slices.Contains(got, "another") {
		t.Errorf("the output is %q", got)
	}
}

func TestCallerThatLeavesDoesNotStopTheFunction(t *testing.T) {
	f := start(t, func(c *Config) { c.MaxEnvironments = 1 })
	meeting := filepath.Join(t.TempDir(), "go")
	a, _ := do(t, f, "echo")
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 2)
	go func() {
		_, err := f.Invoke(ctx, fmt.Appendf(nil, `{"do":"meet","path":%q}`, meeting))
		left <- err
	}()
	eventually(t, "the event is taken", func() bool { return works(f, "meet") })
	go func() { // this one waits for the only environment
		_, err := f.Invoke(ctx, []byte(`{"do":"exit"}`))
		left <- err
	}()
	eventually(t, "the second event waits", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.waiting) == 1 })
	leave()
	for range 2 {
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	}
	if err := os.WriteFile(meeting, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, _ := do(t, f, "echo"); b.PID != a.PID || b.Count != 3 {
		t.Errorf("process %d, then %d with %d invocations", a.PID, b.PID, b.Count)
	}
}

func TestStopSendsSIGTERMToRegisteredExtensions(t *testing.T) {
	farewell := filepath.Join(t.TempDir(), "farewell")
	f := start(t, func(c *Config) { c.Environment = map[string]string{"PROBE_FAREWELL": farewell} })
	a, _ := do(t, f, "echo")
	f.Stop()
	if text, err := os.ReadFile(farewell); err != nil || string(text) != "bye" {
		t.Errorf("the farewell is %q, %v", text, err)
	}
	if err := syscall.Kill(a.PID, 0); err == nil {
		t.Error("the process still exists after Stop")
	}
	if _, err := f.Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, ErrStopped) {
		t.Errorf("after Stop the error is %v", err)
	}
}

func TestStopEndsABusyProcessAndFailsItsInvocation(t *testing.T) {
	f := start(t)
	answered := make(chan error)
	go func() {
		_, err := f.Invoke(t.Context(), []byte(`{"do":"hang"}`))
		answered <- err
	}()
	eventually(t, "the event is taken", func() bool { return works(f, "hang") })
	f.Stop()
	if err := <-answered; err == nil {
		t.Error("the caller has no error")
	}
	if n := f.Environments(); n != 0 {
		t.Errorf("%d environments are left", n)
	}
}

func TestIdleEnvironmentIsStopped(t *testing.T) {
	farewell := filepath.Join(t.TempDir(), "farewell")
	f := start(t, func(c *Config) {
		c.IdleTimeout = 50 * time.Millisecond
		c.Environment = map[string]string{"PROBE_FAREWELL": farewell}
	})
	do(t, f, "echo")
	eventually(t, "the environment is gone", func() bool { return f.Environments() == 0 })
	if _, err := os.Stat(farewell); err != nil {
		t.Error(err)
	}
	if _, r := do(t, f, "echo"); !r.Cold {
		t.Error("the next invocation is not cold")
	}
}
