// Package stack brings the laptop's AWS up and down: everything that template.yaml names, on one address.
//
//	/            the console
//	/v1/         the API: template.yaml's functions behind an API Gateway
//	/oidc/       the OpenID Provider
//	/config.json where the console signs people in
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
	"github.com/arxkeys/arxkeys/infra/local/signin"
)

// drainTimeout is for how long Stop lets requests finish.
const drainTimeout = 10 * time.Second

// DefaultTable is the table where the configuration names none.
const DefaultTable = "arxkeys"

// Config says how the stack is to be. The zero value is what a test wants, but for DataDir.
type Config struct {
	Root    string // of the repository; found upwards from the working directory where empty
	Port    int    // of 127.0.0.1; 0 takes a free one
	DataDir string // where everything is kept that outlives a restart; nobody else may use it meanwhile

	DynamoDBEndpoint string            // of an engine that runs already; empty starts one
	TableName        string            // arxkeys where empty
	Shape            signin.Shape      // of access tokens
	AccessTokenLife  time.Duration     // 15 minutes where 0
	Parameters       map[string]string // of template.yaml, over those that the laptop gives
	MaxEnvironments  int               // of one function at once; lambda's default where 0
	IdleTimeout      time.Duration     // of environments; lambda's default where 0

	Contract bool // answer 500, and print a line that begins with contract:, where the OpenAPI document does not describe an answer

	Console bool      // build and serve the console
	Output  io.Writer // one line per request, and what functions print; nobody where nil
	Quiet   bool      // leave out what functions print of requests that did not fail
}

// Stack is a laptop's AWS that runs.
type Stack struct {
	config Config
	url    string
	say    *printer
	engine *engine.Engine
	signin *signin.Provider
	server *http.Server
	failed chan error
	key    managementKey

	deploying sync.RWMutex // read by each request: what is deployed does not end below it
	deployed  *deployment

	stop    sync.Once
	undo    []func()        // what Stop does, the last first
	context context.Context // ends with Stop
	running context.CancelFunc
}

// Start brings the stack up and returns when it answers. It builds what changed first. Errors are one line that says how
// to mend it, but for those of a compiler. A context that ends stops the start, not the stack.
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
		return errors.New("DATA_DIR is empty: name the folder for the data")
	}
	if s.config.DataDir, err = filepath.Abs(s.config.DataDir); err != nil {
		return err
	}
	listener, err := listen(s.config.Port) // first: a refused port leaves no folder behind
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
		Issuer: s.issuer(), DataDir: s.config.DataDir, RedirectURIs: []string{s.url + "/callback"},
		Shape: s.config.Shape, Audience: s.audience(), AccessTokenLife: s.config.AccessTokenLife,
	}); err != nil {
		return err
	}

	// Building takes the processor, the engine mostly waits: side by side.
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

// URL returns where everything is, such as http://127.0.0.1:8080.
func (s *Stack) URL() string { return s.url }

// Port returns the port of the URL.
func (s *Stack) Port() int {
	_, port, _ := net.SplitHostPort(s.url[len("http://"):])
	n, _ := strconv.Atoi(port)
	return n
}

// DataDir returns where the data is.
func (s *Stack) DataDir() string { return s.config.DataDir }

// AccessToken returns an access token of one of the people of signin, as if they had just signed in.
func (s *Stack) AccessToken(ctx context.Context, email string) (string, error) {
	return s.signin.AccessToken(ctx, email)
}

// ManagementKey returns the owner's management key, which is also in the file management-key of the data directory. It
// waits for it on the first start.
func (s *Stack) ManagementKey(ctx context.Context) (string, error) { return s.key.wait(ctx) }

// Engine returns the database.
func (s *Stack) Engine() *engine.Engine { return s.engine }

// Failed is sent why the stack can't go on: the engine ended by itself. Stop it then.
func (s *Stack) Failed() <-chan error { return s.failed }

// Stop takes no more requests, lets those under way finish, and ends functions and engine, in this order. It returns when
// all is gone; then another stack may use the data and the port.
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

// listen takes the port of the loopback interface.
func listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %d is in use: stop what listens there, or choose another: PORT=%d make run", port, port+1)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("port %d is not for everybody: choose one above 1023: PORT=8080 make run", port)
	}
	return l, err
}

// FindRoot returns the folder above the working directory that holds template.yaml.
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
			return "", fmt.Errorf("there is no %s in %s or above: run this inside the repository", templateFile, start)
		}
	}
}

// startEngine brings the database, and the table in it.
func (s *Stack) startEngine(ctx context.Context, d *definition) error {
	e, err := engine.Start(ctx, engine.Config{
		Endpoint: s.config.DynamoDBEndpoint, Root: s.config.Root, DataDir: s.config.DataDir,
		Output: s.fromEngine,
	})
	if err != nil {
		return err
	}
	s.engine = e
	stopping := make(chan struct{})
	s.undo = append(s.undo, func() { close(stopping); e.Stop() })
	go func() {
		select {
		case <-stopping:
		case <-e.Exited():
			select {
			case <-stopping:
			default:
				s.failed <- errors.New("the engine has ended by itself: start again; the data is as the last answer left it")
			}
		}
	}()
	return e.EnsureTable(ctx, s.config.TableName, d.Table)
}

// fromEngine prints what the engine says, but not that it starts and stops: so does all the rest.
func (s *Stack) fromEngine(line string) {
	if !strings.HasPrefix(line, "Dynoxide listening") && !strings.HasPrefix(line, "Shutting down") {
		s.say.from("engine", line)
	}
}

// build makes the binaries and the console.
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
		s.say.line("there is no console/site: only the API is served")
	}
	return err
}

// api is the gateway, held against the OpenAPI document where that is asked for.
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

// serve answers on the listener until Stop.
func (s *Stack) serve(l net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/", s.serveAPI)
	mux.Handle("/oidc/", s.signin)
	mux.HandleFunc("GET /config.json", s.configuration)
	mux.Handle("/", edge.Handler(build.Console(s.config.Root)))
	s.server = &http.Server{
		Handler:           s.logged(s.own(mux)),
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
