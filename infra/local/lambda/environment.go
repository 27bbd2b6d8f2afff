package lambda

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/process"
)

// environment is one process of a function, with a Runtime API of its own.
//
// It is idle only while it waits for an event, not as soon as it has responded: after a panic the process responds
// and then exits, and an event sent to it in between would be lost.
type environment struct {
	f      *Function
	id     string
	work   chan *invocation // events for the process; its capacity is one
	exited chan struct{}    // closed when the process has ended or could not start

	// Guarded by f.mu.
	process     *os.Process
	initialised bool        // it has asked for its first event
	asking      bool        // it is asking for an event now
	given       *invocation // sent to it, not received yet
	current     *invocation // received; the process has not asked for another since
	lingering   bool        // it responded to the current one long ago
	used        bool        // it has received an event before
	wantsTerm   bool        // it registered an extension: SIGTERM comes before SIGKILL
	retired     bool        // it runs an older binary, and ends instead of receiving another event
	ending      bool        // it is being stopped
	deadline    *time.Timer // the deadline of init, or of the current invocation
	boredom     *time.Timer // ends it when it has been idle for too long
	why         *Error      // why it ends, if that is known before it has ended
}

func newEnvironment(f *Function) *environment {
	return &environment{f: f, id: uuid(), work: make(chan *invocation, 1), exited: make(chan struct{})}
}

// run starts the process and returns when it has ended.
func (e *environment) run() {
	defer close(e.exited)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		e.over(&Error{"Runtime.Unknown", "listen for the Runtime API: " + err.Error()})
		return
	}
	secret := rand.Text() // part of the path, so that only this process can use its Runtime API
	server := &http.Server{Handler: secretly(secret, e.runtimeAPI()), ReadHeaderTimeout: headTimeout}
	go server.Serve(listener)
	defer server.Close()

	cmd := e.command(listener.Addr().String() + "/" + secret)
	output := process.Lines(e.f.config.Output)
	defer output.Close()
	cmd.Stdout, cmd.Stderr = output, output
	if err := process.Start(cmd); err != nil {
		e.over(&Error{"Runtime.InvalidEntrypoint", err.Error()})
		return
	}

	e.f.mu.Lock()
	e.process = cmd.Process
	if e.ending {
		e.kill()
	}
	e.deadline = time.AfterFunc(initTimeout, func() { e.expire(nil, initTimeout) })
	e.f.mu.Unlock()

	err = cmd.Wait()
	e.over(exitError(err))
}

// command returns the command of the process, with the environment variables that Lambda sets, and without those of
// this program.
func (e *environment) command(runtimeAPI string) *exec.Cmd {
	c := e.f.config
	cmd := exec.Command(c.Binary)
	cmd.Dir = filepath.Dir(c.Binary)
	cmd.WaitDelay = time.Second // in case a grandchild keeps the output open
	cmd.Env = []string{
		"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME=" + c.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(c.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + c.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME=" + e.id,
		"AWS_REGION=" + c.Region,
		"AWS_DEFAULT_REGION=" + c.Region,
		"_HANDLER=" + filepath.Base(c.Binary),
		"LAMBDA_TASK_ROOT=" + cmd.Dir,
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
	}
	for name, value := range c.Environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// exitError returns the error that Lambda reports for a process that ended this way.
func exitError(err error) *Error {
	how := "exit status 0"
	if err != nil {
		how = err.Error()
	}
	return &Error{"Runtime.ExitError", "the function's process exited: " + how}
}

// over notifies the function that the process has ended.
func (e *environment) over(why *Error) {
	e.f.mu.Lock()
	defer e.f.mu.Unlock()
	if e.why != nil {
		why = e.why
	}
	e.stopTimers()
	e.f.gone(e, why)
}

// give sends an event to an environment that is asking for one. f.mu must be held.
func (e *environment) give(inv *invocation) {
	if e.boredom != nil {
		e.boredom.Stop()
	}
	e.given = inv
	e.work <- inv
}

// expire ends the process if it takes too long to start (inv is nil), or to handle an event and to ask for the next
// one.
func (e *environment) expire(inv *invocation, after time.Duration) {
	e.f.mu.Lock()
	defer e.f.mu.Unlock()
	if e.current != inv || inv == nil && e.initialised {
		return // it finished just in time
	}
	e.why = &Error{"Sandbox.Timedout", fmt.Sprintf("Task timed out after %.2f seconds", after.Seconds())}
	if inv != nil {
		inv.finish(nil, e.why)
	}
	e.kill()
}

// bored ends an environment that has been idle for too long.
func (e *environment) bored() {
	e.f.mu.Lock()
	idle := e.f.rest(e)
	e.f.mu.Unlock()
	if idle {
		e.shutdown()
	}
}

// shutdown ends the process and returns when it is gone. If an extension is registered, it sends SIGTERM and waits
// for the grace period; otherwise it kills the process at once.
func (e *environment) shutdown() {
	e.f.mu.Lock()
	e.ending = true
	e.f.rest(e)
	gently := e.wantsTerm && e.process != nil
	if gently {
		gently = e.process.Signal(syscall.SIGTERM) == nil
	}
	e.f.mu.Unlock()
	if gently {
		select {
		case <-e.exited:
		case <-time.After(shutdownGrace):
		}
	}
	e.f.mu.Lock()
	e.kill()
	e.f.mu.Unlock()
	<-e.exited
}

// kill ends the process at once. A process that has not started yet is killed when it starts. f.mu must be held.
func (e *environment) kill() {
	e.ending = true
	if e.process == nil {
		return
	}
	if err := e.process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		e.f.config.Output("kill: " + err.Error())
	}
}

func (e *environment) stopTimers() {
	for _, t := range []*time.Timer{e.deadline, e.boredom} {
		if t != nil {
			t.Stop()
		}
	}
}
