// Package engine starts the DynamoDB-compatible database of a laptop, and creates the table in it.
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
	"net/netip"
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

// FileName is the name of the database file in the data directory.
const FileName = "dynamodb.sqlite"

const (
	startTimeout = 20 * time.Second
	stopTimeout  = 5 * time.Second
	startTries   = 5 // another program may take the free port first
)

// Config configures the engine.
type Config struct {
	Endpoint string            // of a running engine, such as http://ACCESS-KEY@127.0.0.1:8000; all other fields are then ignored
	Root     string            // the repository; npm installs into its infra folder
	DataDir  string            // the folder of the data; if empty, the data is in memory
	Address  netip.Addr        // on which to listen; the zero value means 127.0.0.1
	Port     int               // 0 means any free port
	Callers  []netip.Prefix    // the networks that may connect; none means all
	Hosts    []string          // further allowed host names, beside 127.0.0.1 and localhost
	Public   bool              // accept any access key: everyone may read and change the data
	Output   func(line string) // called with each line that the engine prints, from several goroutines; may be nil
}

// Engine is a running database.
type Engine struct {
	Endpoint  string // such as http://127.0.0.1:40123
	AccessKey string // which callers must send; all others are refused

	cmd    *exec.Cmd // nil if we did not start it
	exited chan struct{}
	stop   sync.Once
}

// Start uses the engine that runs at Endpoint. Without Endpoint it starts dynoxide behind a guard, on Address and Port:
// the binary in $DYNOXIDE, on PATH, or as npm installed it, in this order. It returns when the engine responds.
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
			return nil, fmt.Errorf("no engine responds at DYNAMODB_ENDPOINT: start it, or unset the variable to use dynoxide: %w", err)
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

// keptIn returns the arguments for data in the folder. Only the owner can read the folder and its files: SQLite gives
// its other files the mode of the database file, which is created here.
func keptIn(folder string) ([]string, error) {
	file := filepath.Join(folder, FileName)
	if err := private.Folder(folder); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600) // an empty file is a new database
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
	return "", fmt.Errorf("there is no DynamoDB engine: npm has not installed @dynoxide/%s, for which make run asks it; set DYNOXIDE to a dynoxide binary, or DYNAMODB_ENDPOINT to a running engine, such as http://127.0.0.1:8000 for DynamoDB Local", platform)
}

// isolation is a way to prevent connections to the engine that bypass the guard.
type isolation struct {
	isolated   bool                       // by a network namespace
	host       string                     // the address on which the engine listens
	attributes func(*syscall.SysProcAttr) // sets attributes of the child; may be nil
}

// isolatedPort is the engine's port in a network namespace of its own.
const isolatedPort = 8000

// start starts the binary behind a guard. The arguments in keep say where its data is.
func (c Config) start(ctx context.Context, binary string, keep []string) (e *Engine, err error) {
	for _, way := range isolations() {
		if e, err = c.startIn(ctx, way, binary, keep); !errors.Is(err, errNotIsolated) {
			break
		}
	}
	return e, err
}

// errNotIsolated is returned if this system does not allow a kind of isolation.
var errNotIsolated = errors.New("the engine cannot have a network namespace of its own")

func (c Config) startIn(ctx context.Context, way isolation, binary string, keep []string) (*Engine, error) {
	address := c.Address
	if !address.IsValid() {
		address = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	listener, err := net.Listen("tcp", netip.AddrPortFrom(address, uint16(c.Port)).String())
	if err != nil {
		return nil, err
	}
	defer listener.Close() // the child has a copy
	port := isolatedPort
	if !way.isolated {
		if port, err = freePort(way.host); err != nil {
			return nil, err
		}
	}
	e := &Engine{Endpoint: "http://" + listener.Addr().String(), AccessKey: rand.Text(), exited: make(chan struct{})}
	s := settings{Guard: guard{AccessKey: e.AccessKey, Hosts: c.Hosts, Callers: c.Callers, Engine: net.JoinHostPort(way.host, strconv.Itoa(port))}, Isolated: way.isolated}
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
			err = fmt.Errorf("%w (its last line: %s)", err, said)
		}
		return nil, err
	}
	if !way.isolated {
		c.Output("this system allows no network namespace for the engine: a program on this machine that finds its address can use it")
	}
	return e, nil
}

// startChild starts the child, and returns the pipe on which it reports its state.
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
	cmd.WaitDelay = stopTimeout // the engine keeps the output open until it has ended
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

// waitReady returns when the engine responds.
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
		return errors.New("it exited at once")
	case <-ctx.Done():
		return fmt.Errorf("it does not respond: %w", ctx.Err())
	}
}

// freePort returns a port of the host that is free now.
func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// At returns the engine that runs at an address. Its access key is the user name in the address, as in
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

// URL returns the endpoint with the access key, in the form of DYNAMODB_ENDPOINT.
func (e *Engine) URL() string {
	return strings.Replace(e.Endpoint, "://", "://"+url.PathEscape(e.AccessKey)+"@", 1)
}

// answers returns an error if nothing responds to HTTP at the endpoint.
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

// Exited returns a channel that is closed when the engine has ended. It is nil, and so never ready, for an engine that
// Start did not start.
func (e *Engine) Exited() <-chan struct{} { return e.exited }

// Stop ends an engine that Start started, with SIGTERM first, and returns when it is gone.
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

// kill ends the child and the engine, which are one process group.
func (e *Engine) kill() { syscall.Kill(-e.cmd.Process.Pid, syscall.SIGKILL) }

// Kill ends an engine that Start started at once, like a crash. It is for tests.
func (e *Engine) Kill() {
	if e.cmd != nil {
		e.kill()
		<-e.exited
	}
}

// lastLine stores the last line that the engine printed.
type lastLine struct {
	mu   sync.Mutex
	text string
}

func (l *lastLine) set(text string) { l.mu.Lock(); defer l.mu.Unlock(); l.text = text }
func (l *lastLine) get() string     { l.mu.Lock(); defer l.mu.Unlock(); return l.text }
