// Package engine brings the DynamoDB-compatible database of a laptop, and the table in it.
package engine

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
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
	Endpoint string            // of one that runs already, as http://ACCESS-KEY@127.0.0.1:8000; everything below is then left out
	Root     string            // of the repository: npm installs below its infra folder
	DataDir  string            // where the data is kept; in memory where empty
	Port     int               // of the loopback interface; any free one where 0
	Hosts    []string          // by which callers may name this machine beside 127.0.0.1 and localhost
	Public   bool              // take any access key: the data is everybody's to read and to change
	Output   func(line string) // what the engine prints, by several goroutines; nobody where nil
}

// Engine is a database that answers.
type Engine struct {
	Endpoint  string // such as http://127.0.0.1:40123
	AccessKey string // which callers have to present: nobody else is let in

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
		e, err := At(c.Endpoint)
		if err == nil {
			err = e.answers(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("nothing answers at DYNAMODB_ENDPOINT: start that engine, or leave the variable out to use dynoxide: %w", err)
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
		if e, err = c.start(ctx, binary, keep); err == nil {
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
	return "", fmt.Errorf("there is no DynamoDB engine: npm has not installed @dynoxide/%s (make run asks for it); name a dynoxide binary in DYNOXIDE, or an engine that runs, such as DynamoDB Local, in DYNAMODB_ENDPOINT=http://127.0.0.1:8000", platform)
}

// isolation is a way to keep everybody but the guard away from the engine.
type isolation struct {
	isolated   bool                       // by a network of its own
	host       string                     // on which the engine listens
	attributes func(*syscall.SysProcAttr) // of the child; nil where it needs none
}

// isolatedPort is the engine's where nobody else is on its network.
const isolatedPort = 8000

// start starts the binary, the data of which the arguments keep say, behind a guard.
func (c Config) start(ctx context.Context, binary string, keep []string) (e *Engine, err error) {
	for _, way := range isolations() {
		if e, err = c.startIn(ctx, way, binary, keep); !errors.Is(err, errNotIsolated) {
			break
		}
	}
	return e, err
}

// errNotIsolated means that this system does not allow a way to isolate the engine.
var errNotIsolated = errors.New("the engine gets no network of its own")

func (c Config) startIn(ctx context.Context, way isolation, binary string, keep []string) (*Engine, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(c.Port))
	if err != nil {
		return nil, err
	}
	defer listener.Close() // the child has its own
	port := isolatedPort
	if !way.isolated {
		if port, err = freePort(way.host); err != nil {
			return nil, err
		}
	}
	e := &Engine{Endpoint: "http://" + listener.Addr().String(), AccessKey: rand.Text(), exited: make(chan struct{})}
	s := settings{Guard: guard{AccessKey: e.AccessKey, Hosts: c.Hosts, Engine: net.JoinHostPort(way.host, strconv.Itoa(port))}, Isolated: way.isolated}
	if c.Public {
		s.Guard.AccessKey = ""
	}
	var last lastLine
	out := process.Lines(func(line string) {
		if line = strings.TrimSpace(line); line != "" {
			last.set(line)
			c.Output(line)
		}
	})
	tells, err := e.startChild(s, way, listener.(*net.TCPListener), append([]string{binary, "--host", way.host, "--port", strconv.Itoa(port)}, keep...), out)
	if err != nil {
		if way.attributes != nil && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EACCES)) {
			err = errNotIsolated
		}
		return nil, err
	}
	if err := e.waitReady(ctx, tells); err != nil {
		e.Kill()
		if said := last.get(); said != "" && !errors.Is(err, errNotIsolated) {
			err = fmt.Errorf("%w (it said: %s)", err, said)
		}
		return nil, err
	}
	if !way.isolated {
		c.Output("this system gives the engine no network of its own: a program of this machine that finds its address can use it")
	}
	return e, nil
}

// startChild starts the child, and returns the pipe by which it tells how it goes.
func (e *Engine) startChild(s settings, way isolation, l *net.TCPListener, arguments []string, out io.WriteCloser) (*os.File, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	socket, err := l.File()
	if err != nil {
		return nil, err
	}
	defer socket.Close()
	tells, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer tell.Close()
	cmd := exec.Command(program)
	cmd.Args = append([]string{childName}, arguments...)
	cmd.Env = append(os.Environ(), childSettings+"="+string(text))
	cmd.ExtraFiles = []*os.File{socket, tell}
	cmd.WaitDelay = stopTimeout // until the engine below it has ended, too, which has the output open
	cmd.Stdout, cmd.Stderr = out, out
	if way.attributes != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
		way.attributes(cmd.SysProcAttr)
	}
	if err := process.Start(cmd); err != nil {
		tells.Close()
		return nil, err
	}
	e.cmd = cmd
	go func() {
		cmd.Wait()
		out.Close()
		close(e.exited)
	}()
	return tells, nil
}

// waitReady returns when the engine answers.
func (e *Engine) waitReady(ctx context.Context, tells *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	told := make(chan string, 1)
	go func() {
		defer tells.Close()
		text, _ := io.ReadAll(tells)
		told <- string(text)
	}()
	select {
	case text := <-told:
		switch {
		case text == ready:
			return nil
		case strings.HasPrefix(text, noIsolated):
			return errNotIsolated
		}
		return errors.New("it ended at once")
	case <-ctx.Done():
		return fmt.Errorf("it does not answer: %w", ctx.Err())
	}
}

// freePort returns a port of the host on which nobody listens now.
func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// At returns the engine that runs at an address. Its access key is that of the address, as in
// http://ACCESS-KEY@127.0.0.1:8000, or else AnyAccessKey.
func At(address string) (*Engine, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	e := &Engine{AccessKey: AnyAccessKey}
	if u.User != nil {
		e.AccessKey, u.User = u.User.Username(), nil
	}
	e.Endpoint = strings.TrimSuffix(u.String(), "/")
	return e, nil
}

// URL returns the endpoint with the access key: what DYNAMODB_ENDPOINT takes.
func (e *Engine) URL() string {
	return strings.Replace(e.Endpoint, "://", "://"+url.PathEscape(e.AccessKey)+"@", 1)
}

// answers returns an error where nothing answers HTTP at the endpoint.
func (e *Engine) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.Endpoint, nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
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
		e.kill()
		<-e.exited
	}
}

// kill ends the child and the engine below it: they are one process group.
func (e *Engine) kill() { syscall.Kill(-e.cmd.Process.Pid, syscall.SIGKILL) }

// Kill ends an engine of ours at once, as a crash would. It is for tests of what happens then.
func (e *Engine) Kill() {
	if e.cmd != nil {
		e.kill()
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
