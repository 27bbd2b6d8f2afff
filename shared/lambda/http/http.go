// Package lambdahttp serves an operation of package api as a Lambda behind an API Gateway HTTP API
// (payload 2.0).
//
// Every request takes the same steps: authentication, authorization, decoding and validation, the handler,
// the response, one log line. Any step may fail with a problem, which is turned into a response only here.
package lambdahttp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Authenticator authenticates a credential, which is an access token or a management key.
//
// It returns problem.Unauthenticated or problem.Forbidden to refuse it. Any error that is not a problem
// means that the check itself failed, and becomes a 503.
type Authenticator interface {
	Authenticate(ctx context.Context, credential string) (auth.Principal, error)
}

// margin is how long before Lambda's deadline the handler's context ends. A handler that returned only at
// the deadline could be killed first, and its caller would see a bare 500.
const margin = 500 * time.Millisecond

// Options are set by tests, and by production. The zero value is for a function without an edge and without metrics.
type Options struct {
	Log     *slog.Logger      // for one line per request; nil means lambdalog.Stdout
	Now     func() time.Time  // for durations in the log; nil means time.Now
	Edge    edge.Edge         // tells the client's address; the zero value is that of API Gateway
	Metrics *metrics.Recorder // counts requests; nil counts nothing
}

// production returns the options of a function on AWS or on the laptop.
func production() Options {
	return Options{Edge: edge.FromEnv(), Metrics: metrics.FromEnv()}
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = lambdalog.Stdout()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Start serves the operation and does not return. A function's main calls it last. A Public operation needs
// no Authenticator; its handler receives a principal without an identity.
func Start[Req api.Request, Res any](op api.Operation[Req, Res], who Authenticator, handle func(context.Context, auth.Principal, Req) (Res, error)) {
	environment.Start(invocation(Handler(op, who, handle, production())).Invoke, environment.Hooks{})
}

// Handler returns the Lambda handler of the operation. It does not panic, and never returns an error, for
// which API Gateway would respond without a problem document.
func Handler[Req api.Request, Res any](op api.Operation[Req, Res], who Authenticator, handle func(context.Context, auth.Principal, Req) (Res, error), o Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	mustServePrincipals(op.Name, op.Permission, who == nil)
	s := newServer[auth.Principal](op, o)
	s.handle = handle
	s.who = func(ctx context.Context, event *events.APIGatewayV2HTTPRequest, _ func() (Req, error), l *line) (by auth.Principal, err error) {
		if op.Permission == api.Public {
			return auth.Principal{From: l.client, RequestID: l.requestID}, nil
		}
		return permitted(ctx, event, l, op.Permission, who.Authenticate)
	}
	return s.serve
}

// mustServePrincipals panics if the operation is not for principals, or has no authenticator.
func mustServePrincipals(name string, permission api.Permission, nobodyAuthenticates bool) {
	switch {
	case permission == api.HoldKey:
		panic(name + ": called by the holder of an access key, not by a principal: serve it with StartForHolder")
	case nobodyAuthenticates && permission != api.Public:
		panic(name + ": not public, and without an authenticator")
	}
}

// caller authenticates and authorizes the caller, and records it on the line. It may call the function for
// the decoded request.
type caller[By, Req any] func(context.Context, *events.APIGatewayV2HTTPRequest, func() (Req, error), *line) (By, error)

// server serves one operation.
type server[By any, Req api.Request, Res any] struct {
	op     api.Operation[Req, Res]
	who    caller[By, Req]
	handle func(context.Context, By, Req) (Res, error)
	read   reader[Req]
	Options

	compresses bool // compresses responses on request
}

// newServer returns the server of the operation, without who and handle.
func newServer[By any, Req api.Request, Res any](op api.Operation[Req, Res], o Options) server[By, Req, Res] {
	return server[By, Req, Res]{op: op, read: newReader[Req](), Options: o.withDefaults(), compresses: !api.HoldsClearText(reflect.TypeFor[Res]())}
}

func (s *server[By, Req, Res]) serve(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	l := line{operation: s.op.Name, requestID: requestID(ctx, event), start: s.Now()}
	ctx, cancel := withMargin(ctx)
	defer cancel()
	response, err := s.answer(ctx, &event, &l)
	if err != nil {
		p := classify(err)
		l.fail(p, err)
		_, none := credential(&event)
		l.presented = none == nil
		response = refusal(p, l.requestID, l.presented)
	}
	l.status = response.StatusCode
	l.end = s.Now()
	after.Response(ctx, func(ctx context.Context) { l.report(ctx, s.Options) })
	return response, nil
}

// withMargin ends the context so early that there is time for a response before the invocation's deadline.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-margin))
}

// answer runs the steps of a request. It returns at the first error, and records on the line what it
// learns.
func (s *server[By, Req, Res]) answer(ctx context.Context, event *events.APIGatewayV2HTTPRequest, l *line) (response events.APIGatewayV2HTTPResponse, err error) {
	defer func() {
		if v := recover(); v != nil {
			l.stack = string(debug.Stack())
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	if l.client, err = client(s.Edge, event); err != nil {
		return response, err
	}
	request := sync.OnceValues(func() (req Req, err error) {
		if err := s.read.request(event, &req); err != nil {
			return req, err
		}
		return req, req.Validate()
	})
	by, err := s.who(ctx, event, request, l)
	if err != nil {
		return response, err
	}
	req, err := request()
	if err != nil {
		return response, err
	}
	res, err := s.handle(ctx, by, req)
	if err != nil {
		return response, err
	}
	result := any(res)
	if response, err = success(s.op.Status, result, l.requestID); err != nil {
		return response, err
	}
	switch result := result.(type) {
	case api.Document:
		unchanged(event, &response)
	case api.Decided:
		l.verdict = result.VerdictCode()
	}
	if s.compresses {
		compress(event, &response)
	}
	return response, nil
}

// client returns the client's address, or a problem if calls must go through the edge and this one did not.
func client(e edge.Edge, event *events.APIGatewayV2HTTPRequest) (string, error) {
	address, err := e.Client(func(name string) []string { return values(event, name) }, event.RequestContext.HTTP.SourceIP)
	if errors.Is(err, edge.ErrDirect) {
		return "", problem.New(problem.DirectCall, "This address does not accept calls. Call the API at the address of the console.")
	}
	return address, err
}

// permitted authenticates the principal, and refuses one that lacks the permission.
func permitted(ctx context.Context, event *events.APIGatewayV2HTTPRequest, l *line, permission api.Permission, authenticate func(context.Context, string) (auth.Principal, error)) (auth.Principal, error) {
	credential, err := credential(event)
	if err != nil {
		return auth.Principal{}, err
	}
	by, err := authenticate(ctx, credential)
	if err != nil {
		if _, ok := errors.AsType[*problem.Problem](err); !ok {
			err = unavailable(fmt.Errorf("authenticate: %w", err))
		}
		return auth.Principal{}, err
	}
	l.principal = by
	if !by.May(permission) {
		return by, problem.New(problem.Forbidden, auth.Refusal(permission))
	}
	by.From, by.RequestID = l.client, l.requestID
	return by, nil
}

// classify returns the problem of any error. A timeout is not the caller's mistake: the same request may
// succeed in a moment.
func classify(err error) *problem.Problem {
	if _, ok := errors.AsType[*problem.Problem](err); !ok && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return unavailable(err)
	}
	return problem.Of(err)
}

func unavailable(cause error) *problem.Problem {
	p := problem.Because(problem.Unavailable, cause, "The request could not be completed in time. Try again in a moment.")
	p.RetryAfter = time.Second
	return p
}

// requestID returns API Gateway's request id, which is also in its access log, or else Lambda's.
func requestID(ctx context.Context, event events.APIGatewayV2HTTPRequest) string {
	if id := event.RequestContext.RequestID; id != "" {
		return id
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
