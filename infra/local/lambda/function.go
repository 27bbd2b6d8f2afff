// Package lambda runs functions like AWS Lambda: the real binary of a function, in environments of one process each,
// over the documented Runtime API, and over the parts of the Extensions API that are needed for SIGTERM.
//
// It differs from AWS in three ways: idle processes are not frozen, invocations above the limit of environments wait
// instead of being throttled, and memory is not limited.
package lambda

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// MaxPayloadBytes is the maximum size of an event and of a response (6 MB, as Lambda counts them).
const MaxPayloadBytes = 6<<20 + 100

// Defaults of a Config.
const (
	DefaultMaxEnvironments = 10
	DefaultIdleTimeout     = 5 * time.Minute
)

// Lambda's own limits.
const (
	initTimeout = 10 * time.Second
	// shutdownGrace is the time between SIGTERM and SIGKILL.
	shutdownGrace = 500 * time.Millisecond
	// finishGrace is how long an environment that has responded is expected to become idle.
	finishGrace = 100 * time.Millisecond
)

// Config configures a function.
type Config struct {
	Name        string // such as KeysCreateFunction
	Binary      string // path of its bootstrap binary
	Environment map[string]string
	Region      string
	Timeout     time.Duration
	MemoryMB    int

	MaxEnvironments int               // maximum number at one time; 0 means DefaultMaxEnvironments
	IdleTimeout     time.Duration     // how long an environment may be idle before it is stopped; 0 means DefaultIdleTimeout
	Output          func(line string) // called with each line that the function prints; may be nil
}

// Function is a function that can be invoked.
type Function struct {
	config Config

	mu           sync.Mutex
	environments map[*environment]struct{} // all of them
	idle         []*environment            // those that wait for an event, the most recently used last
	starting     int                       // how many have not asked for their first event yet
	waiting      []*invocation             // events that wait for an environment, the oldest first
	stopped      bool
}

// ErrStopped is returned by a function that was stopped.
var ErrStopped = errors.New("the function was stopped")

// ErrTooLarge is returned for an event above MaxPayloadBytes.
var ErrTooLarge = errors.New("the event is larger than Lambda accepts")

// Error is the failure of an invocation: the function's own error, or the end of its process.
type Error struct {
	Type    string // Runtime.ExitError, Sandbox.Timedout, or the type of the function's own error
	Message string
}

// Error returns type and message.
func (e *Error) Error() string { return e.Type + ": " + e.Message }

// Result is the result of an invocation.
type Result struct {
	Payload   []byte
	RequestID string
	Cold      bool // it was the environment's first invocation; also set with an error
}

// New returns the function. Nothing is started before the first invocation.
func New(c Config) *Function {
	if c.MaxEnvironments == 0 {
		c.MaxEnvironments = DefaultMaxEnvironments
	}
	if c.IdleTimeout == 0 {
		c.IdleTimeout = DefaultIdleTimeout
	}
	if c.Output == nil {
		c.Output = func(string) {}
	}
	return &Function{config: c, environments: map[*environment]struct{}{}}
}

// Invoke sends the event to an environment and returns the response. A failure of the function is an *Error. If the
// context ends while the event waits for an environment, the event is withdrawn; afterwards the function finishes it
// regardless.
func (f *Function) Invoke(ctx context.Context, event []byte) (Result, error) {
	if len(event) > MaxPayloadBytes {
		return Result{}, ErrTooLarge
	}
	inv := newInvocation(event)
	f.mu.Lock()
	if f.stopped {
		f.mu.Unlock()
		return Result{}, ErrStopped
	}
	f.waiting = append(f.waiting, inv)
	f.assign()
	f.mu.Unlock()

	select {
	case <-inv.done:
		return inv.result, inv.err
	case <-ctx.Done():
		f.mu.Lock()
		defer f.mu.Unlock()
		f.waiting = slices.DeleteFunc(f.waiting, func(other *invocation) bool { return other == inv })
		return Result{RequestID: inv.id}, fmt.Errorf("wait for %s: %w", f.config.Name, ctx.Err())
	}
}

// Environments returns how many processes the function has.
func (f *Function) Environments() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.environments)
}

// Reload makes every later invocation run the current binary. Idle environments end; a busy one ends after its
// invocation. Reload does not wait for that.
func (f *Function) Reload() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for e := range f.environments {
		e.retired = true
		if f.rest(e) {
			e.ending = true
			go e.shutdown()
		}
	}
}

// Stop ends every environment like Lambda, with SIGTERM first for those that registered for it, and returns when all
// are gone. Waiting invocations return ErrStopped.
func (f *Function) Stop() {
	f.mu.Lock()
	f.stopped = true
	for _, inv := range f.waiting {
		inv.finish(nil, ErrStopped)
	}
	f.waiting = nil
	all := make([]*environment, 0, len(f.environments))
	for e := range f.environments {
		all = append(all, e)
	}
	f.mu.Unlock()

	var wg sync.WaitGroup
	for _, e := range all {
		wg.Go(e.shutdown)
	}
	wg.Wait()
}

// assign sends waiting events to idle environments, the most recently used first, so that the others can time out, and
// starts environments for the rest. f.mu must be held.
func (f *Function) assign() {
	for len(f.waiting) > 0 && len(f.idle) > 0 {
		last := len(f.idle) - 1
		e, inv := f.idle[last], f.waiting[0]
		f.idle, f.waiting = f.idle[:last], f.waiting[1:]
		e.give(inv)
	}
	for !f.stopped && len(f.waiting) > f.starting+f.finishing() && len(f.environments) < f.config.MaxEnvironments {
		e := newEnvironment(f)
		f.environments[e] = struct{}{}
		f.starting++
		go e.run()
	}
}

// finishing returns how many environments have responded and will soon ask for the next event, so that no further ones
// need to start for immediate further calls. f.mu must be held.
func (f *Function) finishing() (n int) {
	for e := range f.environments {
		if e.current != nil && e.current.answered() && !e.lingering && !e.ending && !e.retired {
			n++
		}
	}
	return n
}

// gone removes an environment whose process ended, and fails its invocation. f.mu must be held.
func (f *Function) gone(e *environment, why *Error) {
	delete(f.environments, e)
	f.rest(e)
	if !e.initialised {
		f.starting--
		// The environment was started for a waiting invocation: fail the oldest one.
		if len(f.waiting) > 0 {
			f.waiting[0].result.Cold = true
			f.waiting[0].finish(nil, why)
			f.waiting = f.waiting[1:]
		}
	}
	if e.given != nil { // the process never received it, so another environment can
		f.waiting = slices.Insert(f.waiting, 0, e.given)
		e.given = nil
	}
	if e.current != nil {
		e.current.finish(nil, why)
		e.current = nil
	}
	f.assign()
}

// rest removes the environment from the idle ones, and reports whether it was idle. f.mu must be held.
func (f *Function) rest(e *environment) bool {
	i := slices.Index(f.idle, e)
	if i < 0 {
		return false
	}
	f.idle = slices.Delete(f.idle, i, i+1)
	return true
}
