// Package lambda runs functions as AWS Lambda does: the real binary of a function, in environments of one process each,
// over the documented Runtime API, and the Extensions API as far as SIGTERM needs it.
//
// It differs from AWS in three ways. An idle process is not frozen. An invocation above the cap waits instead of being
// throttled. And memory is not limited.
package lambda

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// MaxPayloadBytes is how large an event and an answer may be (6 MB, as Lambda counts them).
const MaxPayloadBytes = 6<<20 + 100

// Defaults of a Config.
const (
	DefaultMaxEnvironments = 10
	DefaultIdleTimeout     = 5 * time.Minute
)

// Lambda's own limits.
const (
	initTimeout = 10 * time.Second
	// shutdownGrace is what a function has between SIGTERM and SIGKILL.
	shutdownGrace = 500 * time.Millisecond
	// finishGrace is for how long an environment that has answered is believed to be free in a moment.
	finishGrace = 100 * time.Millisecond
)

// Config describes a function.
type Config struct {
	Name        string // such as KeysCreateFunction
	Binary      string // path of its bootstrap
	Environment map[string]string
	Region      string
	Timeout     time.Duration
	MemoryMB    int

	MaxEnvironments int               // at once; DefaultMaxEnvironments where 0
	IdleTimeout     time.Duration     // after which an idle environment is stopped; DefaultIdleTimeout where 0
	Output          func(line string) // what the function prints, by line; nobody where nil
}

// Function is a function that can be invoked.
type Function struct {
	config Config

	mu           sync.Mutex
	environments map[*environment]struct{} // all of them
	idle         []*environment            // those that wait for an event, the last used one last
	starting     int                       // how many have not asked for their first event yet
	waiting      []*invocation             // for an environment, the oldest first
	stopped      bool
}

// ErrStopped is the answer of a function that was stopped.
var ErrStopped = errors.New("the function was stopped")

// ErrTooLarge is the answer to an event above MaxPayloadBytes.
var ErrTooLarge = errors.New("the event is larger than Lambda accepts")

// Error is what a function answers instead of a result: its own error, or the end of its process.
type Error struct {
	Type    string // Runtime.ExitError, Sandbox.Timedout, or the type of the function's own error
	Message string
}

// Error returns both.
func (e *Error) Error() string { return e.Type + ": " + e.Message }

// Result is the answer to an invocation.
type Result struct {
	Payload   []byte
	RequestID string
	Cold      bool // it was the environment's first invocation; told of errors too
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

// Invoke hands the event to an environment and returns the answer. What the function does wrong is an *Error. A context
// that ends while the event waits takes it away; once it has been handed over, the function finishes it all the same.
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

// Reload makes every later invocation run the binary as it is now. Idle environments end; one that is at work ends
// when it has finished its invocation. It does not wait for that.
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

// Stop ends every environment as Lambda does, SIGTERM first for those that asked for it, and returns when all are gone.
// What waits is answered with ErrStopped.
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

// assign hands events that wait to idle environments, the last used first, so that the others may grow old, and starts
// environments for the rest. f.mu is held.
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

// finishing returns how many environments have answered and will ask for the next event in a moment: not worth starting
// another one for whoever calls again at once. f.mu is held.
func (f *Function) finishing() (n int) {
	for e := range f.environments {
		if e.current != nil && e.current.answered() && !e.lingering && !e.ending && !e.retired {
			n++
		}
	}
	return n
}

// gone forgets an environment whose process ended, and answers for it. f.mu is held.
func (f *Function) gone(e *environment, why *Error) {
	delete(f.environments, e)
	f.rest(e)
	if !e.initialised {
		f.starting--
		// Somebody is waiting for this environment: tell the one who waited longest.
		if len(f.waiting) > 0 {
			f.waiting[0].result.Cold = true
			f.waiting[0].finish(nil, why)
			f.waiting = f.waiting[1:]
		}
	}
	if e.given != nil { // it never reached the process: another one may have it
		f.waiting = slices.Insert(f.waiting, 0, e.given)
		e.given = nil
	}
	if e.current != nil {
		e.current.finish(nil, why)
		e.current = nil
	}
	f.assign()
}

// rest takes the environment out of the idle ones, and reports whether it was there. f.mu is held.
func (f *Function) rest(e *environment) bool {
	i := slices.Index(f.idle, e)
	if i < 0 {
		return false
	}
	f.idle = slices.Delete(f.idle, i, i+1)
	return true
}
