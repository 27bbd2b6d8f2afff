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

// The engine runs as a child of a guard process. The guard is this program, started again under another name, if
// possible in a network namespace of its own. It receives its settings in an environment variable, and a listener and
// a pipe as inherited files.
const (
	childName     = "arxkeys-engine"
	childSettings = "ARXKEYS_ENGINE"

	listenerFile = 3 // descriptors of the child
	readyFile    = 4

	ready      = "ready"
	noIsolated = "no network of its own: " // prefix of the child's message if there is no namespace; the reason follows
)

// settings configure the child.
type settings struct {
	Guard    guard
	Isolated bool // it has a network namespace of its own, whose loopback interface is still down
}

// init is the main function of the child, in every program and test that starts the engine. A separate command would
// have to be built before each of them, and Go's test cache would not notice its changes.
func init() {
	if os.Args[0] == childName && len(os.Args) > 1 {
		runtime.LockOSThread() // Pdeathsig is tied to the thread that started the process
		if err := runChild(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// runChild runs the engine behind the guard until the engine exits.
func runChild(binary string, arguments []string) error {
	var s settings
	if err := json.Unmarshal([]byte(os.Getenv(childSettings)), &s); err != nil {
		return err
	}
	os.Unsetenv(childSettings) // the engine does not need it
	syscall.Umask(0o077)
	syscall.CloseOnExec(listenerFile) // the engine inherits neither
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
				os.Exit(1) // it has printed the reason
			}
			return err
		}
	}
}

// awaitHTTP returns when the address responds to HTTP, with any response.
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
