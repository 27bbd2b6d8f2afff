package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// The engine runs below a program of its own, this one started again under another name, which
// guards it and where possible has a network of its own. It is told what to do by its environment,
// and given a listener and a pipe.
const (
	childName     = "arxkeys-engine"
	childSettings = "ARXKEYS_ENGINE"

	listenerFile = 3 // descriptors of the child
	readyFile    = 4

	ready      = "ready"
	noIsolated = "no network of its own: " // begins what the child says instead, and why follows
)

// settings are what the child is told.
type settings struct {
	Guard    guard
	Isolated bool // it has a network of its own, in which nothing is up yet
}

// init is the child's main, in every program and test that starts the engine. A main of its own would have to be built
// before each of them, and Go's test cache would not see that it changed.
func init() {
	if os.Args[0] == childName && len(os.Args) > 1 {
		runtime.LockOSThread() // to Linux the parent of a process is the thread that started it
		if err := runChild(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// runChild runs the engine, and lets in whom the guard admits, until the engine ends.
func runChild(binary string, arguments []string) error {
	var s settings
	if err := json.Unmarshal([]byte(os.Getenv(childSettings)), &s); err != nil {
		return err
	}
	os.Unsetenv(childSettings) // which the engine need not know
	syscall.Umask(0o077)
	syscall.CloseOnExec(listenerFile) // the engine gets neither
	syscall.CloseOnExec(readyFile)
	tell := os.NewFile(readyFile, "ready")
	listener, err := net.FileListener(os.NewFile(listenerFile, "listener"))
	if err != nil {
		return err
	}
	if s.Isolated {
		if err := raiseLoopback(); err != nil {
			fmt.Fprint(tell, noIsolated, err)
			return nil
		}
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	cmd := exec.Command(binary, arguments...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = diesWithParent()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	answers := make(chan struct{})
	go func() { awaitHTTP("http://" + s.Guard.Engine); close(answers) }()
	for {
		select {
		case <-answers:
			answers = nil
			io.WriteString(tell, ready)
			tell.Close()
			go s.Guard.serve(listener)
		case <-stop:
			cmd.Process.Signal(syscall.SIGTERM)
		case err := <-ended:
			if err != nil && errors.As(err, new(*exec.ExitError)) {
				os.Exit(1) // it has said why
			}
			return err
		}
	}
}

// awaitHTTP returns when the address answers HTTP, whatever it answers.
func awaitHTTP(address string) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		if res, err := client.Get(address); err == nil {
			res.Body.Close()
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}
