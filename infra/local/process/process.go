// Package process starts programs that do not outlive this one.
package process

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// Start starts the command in a process group of its own, so that Ctrl-C in a terminal reaches only this program, which
// then stops its children in order. On Linux the kernel kills the child when this program dies, for whatever reason.
func Start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	set(cmd.SysProcAttr)
	done := make(chan error)
	forks() <- func() { done <- cmd.Start() }
	return <-done
}

// forks returns the queue of a goroutine that starts all processes. It is locked to its thread: to Linux, the parent
// of a process is the thread that forked it, and the child would die when the Go runtime ends that thread.
var forks = sync.OnceValue(func() chan<- func() {
	queue := make(chan func())
	go func() {
		runtime.LockOSThread()
		for fork := range queue {
			fork()
		}
	}()
	return queue
})
