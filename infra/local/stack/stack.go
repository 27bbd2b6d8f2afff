// Package stack starts and stops the local stand-in for AWS: everything that template.yaml defines, on one address.
//
//	/            the console
//	/v1/         the API: template.yaml's functions behind an API Gateway
//	/oidc/       the OpenID Provider
//	/config.json the console's configuration
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/contract"
	"github.com/arxkeys/arxkeys/infra/local/edge"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/private"
	"github.com/arxkeys/arxkeys/infra/local/signin"
)

// EngineFile is the file in the data directory with the address of the running engine, in the form of
// DYNAMODB_ENDPOINT, for other programs of the same user.
const EngineFile = "engine-address"

// drainTimeout is how long Stop waits for requests to finish.
const drainTimeout = 10 * time.Second

// DefaultTable is the default table name.
const DefaultTable = "arxkeys"

// Config configures a Stack; only DataDir is required. The other zero values suit tests.
type Config struct {
	Root    string // the repository; if empty, it is searched upwards from the working directory
	Port    int    // on 127.0.0.1; 0 means any free port
	DataDir string // the folder of all persistent data; no other process may use it meanwhile

	DynamoDBEndpoint string            // a running engine; if empty, one is started
	TableName        string            // default arxkeys
	Shape            signin.Shape      // of access tokens
	AccessTokenLife  time.Duration     // default 15 minutes
	Parameters       map[string]string // of template.yaml; they override the laptop's own
	MaxEnvironments  int               // per function; 0 means lambda's default
	IdleTimeout      time.Duration     // of environments; 0 means lambda's default

	Contract bool // return 500, and print a line that begins with contract:, if the OpenAPI document does not describe a response

	Console bool      // build and serve the console
	Output  io.Writer // receives one line per request, and what functions print; may be nil
	Quiet   bool      // leave out functions' metrics, and their log lines of requests that did not fail
}

// Stack is a running local stand-in for AWS.
type Stack struct {
	config Config
	url    string
	say    *printer
	engine *engine.Engine
	signin *signin.Provider
	server *http.Server
	failed chan error
	key    managementKey

	deploying sync.RWMutex // held for reading by each request, so that its deployment does not end meanwhile
	deployed  *deployment

	stop    sync.Once
	undo    []func()        // called by Stop, the last one first
	context context.Context // ends with Stop
	running context.CancelFunc
}

// Start builds what changed, starts the stack, and returns when it serves requests. An error is one line that says
// how to fix it, except for compiler errors. The end of the context cancels the start, but does not stop a started
// stack.
func Start(ctx context.Context, c Config) (*Stack, error) {
	if c.TableName == "" {
		c.TableName = DefaultTable
	}
	if c.Output == nil {
		c.Output = io.Discard
	}
	s := &Stack{config: c, say: &printer{to: c.Output, quiet: c.Quiet}, failed: make(chan error, 1)}
	if err := s.start(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context) (err error) {
	if s.config.Root == "" {
		if s.config.Root, err = FindRoot(); err != nil {
			return err
		}
	}
	if s.config.DataDir == "" {
		return errors.New("DATA_DIR is empty: set it to the folder for the data")
	}
	if s.config.DataDir, err = filepath.Abs(s.config.DataDir); err != nil {
		return err
	}
	listener, err := listen(s.config.Port) // first, so that an error creates no folder
	if err != nil {
		return err
	}
	s.undo = append(s.undo, func() { listener.Close() })
	unlock, err := LockData(s.config.DataDir)
	if err != nil {
		return err
	}
	s.undo = append(s.undo, unlock)
	port := listener.Addr().(*net.TCPAddr).Port
	s.url = "http://127.0.0.1:" + strconv.Itoa(port)

	definition, err := s.read()
	if err != nil {
		return err
	}
	if s.signin, err = signin.New(signin.Config{
		Issuer: s.issuer(), DataDir: s.config.DataDir, RedirectURIs: s.callbacks(),
		Shape: s.config.Shape, Audience: s.audience(), AccessTokenLife: s.config.AccessTokenLife,
	}); err != nil {
		return err
	}

	// Building uses the CPU, and starting the engine mostly waits: run them concurrently.
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.build(groupCtx, definition) })
	group.Go(func() error { return s.startEngine(groupCtx, definition) })
	if err := group.Wait(); err != nil {
		return err
	}

	s.context, s.running = context.WithCancel(context.WithoutCancel(ctx))
	if s.deployed, err = s.deploy(s.context, definition); err != nil {
		return err
	}
	s.undo = append(s.undo, func() { s.deployed.end() })
	s.serve(listener)
	go s.key.ensure(s.context, s)
	return nil
}

// URL returns the address of the stack, such as http://127.0.0.1:8080.
func (s *Stack) URL() string { return s.url }

// Port returns the port of the URL.
func (s *Stack) Port() int {
	_, port, _ := net.SplitHostPort(s.url[len("http://"):])
	n, _ := strconv.Atoi(port)
	return n
}

// DataDir returns the data directory.
func (s *Stack) DataDir() string { return s.config.DataDir }

// AccessToken returns an access token of one of the people of package signin, as if they had just signed in.
func (s *Stack) AccessToken(ctx context.Context, email string) (string, error) {
	return s.signin.AccessToken(ctx, email)
}

// ManagementKey returns the owner's management key, which is also in the file management-key of the data directory.
// On the first start it waits until the key is created.
func (s *Stack) ManagementKey(ctx context.Context) (string, error) { return s.key.wait(ctx) }

// Engine returns the database.
func (s *Stack) Engine() *engine.Engine { return s.engine }

// Failed returns a channel that receives an error if the engine ends unexpectedly. The stack cannot continue: stop it
// then.
func (s *Stack) Failed() <-chan error { return s.failed }

// Stop stops accepting requests, waits for those in progress, and ends functions and engine, in this order. When it
// returns, another stack may use the data and the port.
func (s *Stack) Stop() {
	s.stop.Do(func() {
		if s.running != nil {
			s.running()
		}
		for i := len(s.undo) - 1; i >= 0; i-- {
			s.undo[i]()
		}
	})
}

// listen listens on the port of the loopback interface.
func listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %d is in use: stop the program that listens there, or use another port: PORT=%d make run", port, port+1)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("port %d requires privileges: use one above 1023: PORT=8080 make run", port)
	}
	return l, err
}

// FindRoot returns the closest folder with template.yaml, from the working directory upwards.
func FindRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, templateFile)); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("there is no %s in %s or its parents: run this inside the repository", templateFile, start)
		}
	}
}

// startEngine starts the engine, and creates the table.
func (s *Stack) startEngine(ctx context.Context, d *definition) error {
	e, err := engine.Start(ctx, engine.Config{
		Endpoint: s.config.DynamoDBEndpoint, Root: s.config.Root, DataDir: s.config.DataDir,
		Output: s.fromEngine,
	})
	if err != nil {
		return err
	}
	s.engine = e
	file := filepath.Join(s.config.DataDir, EngineFile)
	if err := private.Write(file, []byte(e.URL()+"\n")); err != nil {
		e.Stop()
		return err
	}
	s.undo = append(s.undo, func() { os.Remove(file) })
	stopping := make(chan struct{})
	s.undo = append(s.undo, func() { close(stopping); e.Stop() })
	go func() {
		select {
		case <-stopping:
		case <-e.Exited():
			select {
			case <-stopping:
			default:
				s.failed <- errors.New("the engine has ended unexpectedly: start again; every acknowledged write is stored")
			}
		}
	}()
	return e.EnsureTable(ctx, s.config.TableName, d.Table)
}

// fromEngine prints a line of the engine, except for those about start and stop.
func (s *Stack) fromEngine(line string) {
	if !strings.HasPrefix(line, "Dynoxide listening") && !strings.HasPrefix(line, "Shutting down") {
		s.say.from("engine", line)
	}
}

// build builds the functions and the console.
func (s *Stack) build(ctx context.Context, d *definition) error {
	if _, err := build.Functions(ctx, s.config.Root, d.names(), func(name string, done, of int) {
		s.say.line(fmt.Sprintf("built %d/%d  %s", done, of, name))
	}); err != nil {
		return err
	}
	if !s.config.Console {
		return nil
	}
	state, err := build.Site(ctx, s.config.Root, func() { s.say.line("building the console") })
	if err == nil && state == build.None {
		s.say.line("console/site does not exist: only the API is served")
	}
	return err
}

// api returns the gateway, which with Config.Contract is checked against the OpenAPI document.
func (s *Stack) api(g http.Handler) (http.Handler, error) {
	if !s.config.Contract {
		return g, nil
	}
	c, err := contract.Read(filepath.Join(s.config.Root, contract.Document))
	if err != nil {
		return nil, err
	}
	return c.Handler(g, func(violation string) { s.say.line("contract: " + violation) }), nil
}

// apart serves the API itself, and everything else with the mux, which would redirect a path that has dot segments or
// empty segments. API Gateway does not: what follows in the path of a check is the gateway's caller's.
func (s *Stack) apart(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			s.serveAPI(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// serve serves the listener until Stop.
func (s *Stack) serve(l net.Listener) {
	mux := http.NewServeMux()
	mux.Handle("/oidc/", s.signin)
	mux.HandleFunc("GET /config.json", s.configuration)
	mux.Handle("/", edge.Handler(build.Console(s.config.Root)))
	s.server = &http.Server{
		Handler:           s.logged(s.own(s.apart(mux))),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    gateway.MaxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(s.context) },
	}
	s.undo = append(s.undo, func() {
		drain, cancel := context.WithTimeout(context.Background(), drainTimeout)
		defer cancel()
		if s.server.Shutdown(drain) != nil {
			s.server.Close()
		}
	})
	go s.server.Serve(l)
}
