package stack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/infra/local/schedules"
	"github.com/arxkeys/arxkeys/infra/local/watch"
)

// deployment is a running template: its functions, their API and their schedules.
type deployment struct {
	definition *definition
	functions  map[string]*lambda.Function // by logical id
	api        http.Handler
	end        func() // ends schedules and functions, and returns when they are gone
}

// deploy starts the functions and schedules of the definition. The functions must be built.
func (s *Stack) deploy(ctx context.Context, d *definition) (*deployment, error) {
	functions := s.makeFunctions(d)
	all, err := schedulesOf(d, functions)
	if err != nil {
		return nil, err
	}
	way, err := routes(d, functions)
	if err != nil {
		return nil, err
	}
	api, err := s.api(gateway.New(way, observe))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		schedules.Run(ctx, all, func(name string, err error) { s.say.line(name + ": " + err.Error()) })
	}()
	return &deployment{definition: d, functions: functions, api: api, end: func() {
		cancel()
		<-ended
		var wg sync.WaitGroup
		for _, f := range functions {
			wg.Go(f.Stop)
		}
		wg.Wait()
	}}, nil
}

// serveAPI passes the request to the current deployment.
func (s *Stack) serveAPI(w http.ResponseWriter, r *http.Request) {
	s.deploying.RLock()
	defer s.deploying.RUnlock()
	s.deployed.api.ServeHTTP(w, r)
}

// Change is what an Update has changed.
type Change struct {
	Functions []string // the functions that were rebuilt, such as keys/verify, sorted
	Console   bool
	Template  bool
}

// String returns the change on one line, such as "keys/verify, the console". It is empty if nothing changed.
func (c Change) String() string {
	const few = 5
	var what []string
	if c.Template {
		what = append(what, templateFile)
	}
	if n := len(c.Functions); n > few {
		what = append(what, fmt.Sprintf("%d functions", n))
	} else {
		what = append(what, c.Functions...)
	}
	if c.Console {
		what = append(what, "the console")
	}
	return strings.Join(what, ", ")
}

// Watch returns a channel that receives when the sources have changed, until the context ends. Call Update then.
func (s *Stack) Watch(ctx context.Context) (<-chan struct{}, error) {
	return watch.Tree(ctx, s.config.Root, "functions", "shared", "console", templateFile, "go.mod", "go.sum")
}

// Update builds what changed since the start or since the last Update, and replaces functions, console, routes and
// schedules. Requests in progress are finished by the previous version. Data, sign-ins and addresses do not change.
// If the sources have an error, Update returns it, and the previous version keeps running, except for functions that
// were built before the error. Only one Update runs at a time.
func (s *Stack) Update(ctx context.Context) (Change, error) {
	var c Change
	d, err := s.read()
	if err != nil {
		return c, err
	}
	c.Functions, err = build.Functions(ctx, s.config.Root, d.names(), nil)
	slices.Sort(c.Functions)
	for _, f := range s.deployed.definition.Functions {
		if slices.Contains(c.Functions, f.Name()) {
			s.deployed.functions[f.LogicalID].Reload()
		}
	}
	if err != nil {
		return c, err
	}
	if d.text != s.deployed.definition.text {
		if err := s.redeploy(ctx, d); err != nil {
			return c, err
		}
		c.Template = true
	}
	if !s.config.Console {
		return c, nil
	}
	state, err := build.Site(ctx, s.config.Root, nil)
	c.Console = state == build.Built
	return c, err
}

// redeploy replaces the deployment when all requests in progress have finished. New requests wait meanwhile.
func (s *Stack) redeploy(ctx context.Context, d *definition) error {
	if err := s.engine.EnsureTable(ctx, s.config.TableName, d.Table); err != nil {
		return err
	}
	next, err := s.deploy(s.context, d)
	if err != nil {
		return err
	}
	s.deploying.Lock()
	last := s.deployed
	s.deployed = next
	s.deploying.Unlock()
	last.end()
	return nil
}
