// Package engine brings the DynamoDB-compatible database of a laptop, and the table in it.
package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/private"
	"github.com/arxkeys/arxkeys/infra/local/process"
)

// FileName is the database under the data directory.
const FileName = "dynamodb.sqlite"

const (
	startTimeout = 20 * time.Second
	stopTimeout  = 5 * time.Second
	startTries   = 5 // another program may take the port that was found free
)

// Config says which engine to use.
type Config struct {
	Endpoint string            // of one that runs already; everything below is then left out
	Root     string            // of the repository: npm installs below its infra folder
	DataDir  string            // where the data is kept; in memory where empty
	Port     int               // of the loopback interface; any free one where 0
	Output   func(line string) // what the engine prints; nobody where nil
}

// Engine is a database that answers.
type Engine struct {
	Endpoint string // such as http://127.0.0.1:40123

	cmd    *exec.Cmd // nil where it is not ours
	exited chan struct{}
	stop   sync.Once
}

// Start finds an engine, starts it on a port of the loopback interface and waits until it answers. The engine is,
// in this order: the one that runs at Endpoint; dynoxide, where $DYNOXIDE says, on PATH, or as npm installed it.
func Start(ctx context.Context, c Config) (*Engine, error) {
	if c.Output == nil {
		c.Output = func(string) {}
	}
	if c.Endpoint != "" {
		e := &Engine{Endpoint: strings.TrimSuffix(c.Endpoint, "/")}
		if err := e.wait(ctx); err != nil {
			return nil, fmt.Errorf("nothing answers at DYNAMODB_ENDPOINT %s: start that engine, or leave the variable out to use dynoxide: %w", c.Endpoint, err)
		}
		return e, nil
	}
	binary, err := Find(c.Root)
	if err != nil {
		return nil, err
	}
	var keep []string
	if c.DataDir != "" {
		if keep, err = keptIn(c.DataDir); err != nil {
			return nil, fmt.Errorf("prepare the data directory: %w", err)
		}
	}
	for range startTries {
		var e *Engine
		if e, err = start(ctx, binary, c.Port, keep, c.Output); err == nil {
			return e, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("the engine %s does not start: %w", binary, err)
}

// keptIn returns the arguments for data in the folder, which, with all that the engine writes to it,
// nobody else may read: SQLite gives its other files the mode of the database.
func keptIn(folder string) ([]string, error) {
	file := filepath.Join(folder, FileName)
	if err := private.Folder(folder); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600) // empty, it is a new database
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return []string{"--db-path", file}, private.Files(file, file+"-wal", file+"-shm", file+"-journal")
}

// Find returns the path of dynoxide, or an error that names the choices.
func Find(root string) (string, error) {
	if path := os.Getenv("DYNOXIDE"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("$DYNOXIDE: %w", err)
		}
		return path, nil
	}
	if path, err := exec.LookPath("dynoxide"); err == nil {
		return filepath.Abs(path)
	}
	platform := runtime.GOOS + "-" + map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	path := filepath.Join(root, "infra", "node_modules", "@dynoxide", platform, "dynoxide")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	hint := "run npm ci --prefix infra (make run does)"
	if platform != "linux-x64" {
		hint = "npm has none for " + platform + " here: install dynoxide and put it on PATH"
	}
	return "", errors.New("there is no DynamoDB engine: " + hint + ", or name a running one, as DynamoDB Local, by DYNAMODB_ENDPOINT=http://…")
}

// start starts the binary. What it is told to keep the data in is nothing where that is memory.
func start(ctx context.Context, binary string, port int, keep []string, output func(string)) (*Engine, error) {
	if port == 0 {
		var err error
		if port, err = freePort(); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command(binary, append([]string{"--host", "127.0.0.1", "--port", strconv.Itoa(port)}, keep...)...)
	cmd.WaitDelay = time.Second
	var last lastLine
	out := process.Lines(func(line string) {
		if line = strings.TrimSpace(line); line != "" {
			last.set(line)
			output(line)
		}
	})
	cmd.Stdout, cmd.Stderr = out, out
	if err := process.Start(cmd); err != nil {
		return nil, err
	}
	e := &Engine{Endpoint: "http://127.0.0.1:" + strconv.Itoa(port), cmd: cmd, exited: make(chan struct{})}
	go func() {
		cmd.Wait()
		out.Close()
		close(e.exited)
	}()
	if err := e.wait(ctx); err != nil {
		e.Stop()
		if said := last.get(); said != "" {
			err = fmt.Errorf("%w (it said: %s)", err, said)
		}
		return nil, err
	}
	return e, nil
}

// freePort returns a port of the loopback interface on which nobody listens now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// wait returns when the engine answers HTTP, whatever it answers.
func (e *Engine) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.Endpoint, nil)
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err == nil {
			res.Body.Close()
			return nil
		}
		if e.cmd == nil { // not ours: it runs, or it does not
			return err
		}
		select {
		case <-e.exited:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Exited is closed when an engine of ours has ended. It is nil, and so never ready, for another.
func (e *Engine) Exited() <-chan struct{} { return e.exited }

// Stop ends an engine of ours, gently first, and returns when it is gone.
func (e *Engine) Stop() {
	if e.cmd == nil {
		return
	}
	e.stop.Do(func() { e.cmd.Process.Signal(syscall.SIGTERM) })
	select {
	case <-e.exited:
	case <-time.After(stopTimeout):
		e.cmd.Process.Kill()
		<-e.exited
	}
}

// Kill ends an engine of ours at once, as a crash would. It is for tests of what happens then.
func (e *Engine) Kill() {
	if e.cmd != nil {
		e.cmd.Process.Kill()
		<-e.exited
	}
}

// lastLine keeps what the engine said last.
type lastLine struct {
	mu   sync.Mutex
	text string
}

func (l *lastLine) set(text string) { l.mu.Lock(); defer l.mu.Unlock(); l.text = text }
func (l *lastLine) get() string     { l.mu.Lock(); defer l.mu.Unlock(); return l.text }
