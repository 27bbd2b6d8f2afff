// Package lambdahttp serves an operation of package api as a Lambda behind an API Gateway HTTP API
// (payload 2.0).
//
// The way of a request is the same for every operation: who calls, whether they may, what they ask,
// the handler, the answer, one log line. Each step may refuse with a problem, which becomes the
// answer here and nowhere else.
package lambdahttp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Authenticator finds out who presents a credential, an access token or a management key.
//
// It refuses with problem.Unauthenticated or problem.Forbidden. Any error that is no problem means
// that it could not be found out, and is answered with 503.
type Authenticator interface {
	Authenticate(ctx context.Context, credential string) (auth.Principal, error)
}

// margin is how long before Lambda ends the invocation the handler's context ends. A handler that
// only returned at the deadline would race Lambda's kill, and its caller would see a bare 500.
const margin = 500 * time.Millisecond

// Options are what a test holds still. The zero value is what production uses.
type Options struct {
	Log *slog.Logger     // where the line of each request goes; lambdalog.Stdout where nil
	Now func() time.Time // for durations in the log; time.Now where nil
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

// Start serves the operation and does not return. It is what the main of a function ends with.
// A Public operation needs no Authenticator; its handler's principal is nobody.
func Start[Req api.Request, Res any](op api.Operation[Req, Res], who Authenticator, handle func(context.Context, auth.Principal, Req) (Res, error)) {
	environment.Start(invocation(Handler(op, who, handle, Options{})).Invoke, environment.Hooks{})
}

// Handler returns the Lambda handler of the operation. It never returns an error, for which API
// Gateway would answer without a problem document, and it does not panic.
func Handler[Req api.Request, Res any](op api.Operation[Req, Res], who Authenticator, handle func(context.Context, auth.Principal, Req) (Res, error), o Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	mustServePrincipals(op.Name, op.Permission, who == nil)
	s := newServer[auth.Principal](op, o)
	s.handle = handle
	s.who = func(ctx context.Context, event *events.APIGatewayV2HTTPRequest, _ func() (Req, error), l *line) (by auth.Principal, err error) {
		if op.Permission == api.Public {
			return nobody(event, l), nil
		}
		return permitted(ctx, event, l, op.Permission, who.Authenticate)
	}
	return s.serve
}

// mustServePrincipals panics where the operation is not one that principals call.
func mustServePrincipals(name string, permission api.Permission, nobodyAuthenticates bool) {
	switch {
	case permission == api.HoldKey:
		panic(name + ": called by the holder of an access key, who is no principal: serve it with StartForHolder")
	case nobodyAuthenticates && permission != api.Public:
		panic(name + ": not public, and nobody to authenticate its callers")
	}
}

// caller finds out who calls and whether they may, and notes it on the line. It may ask for the request.
type caller[By, Req any] func(context.Context, *events.APIGatewayV2HTTPRequest, func() (Req, error), *line) (By, error)

// server serves one operation.
type server[By any, Req api.Request, Res any] struct {
	op     api.Operation[Req, Res]
	who    caller[By, Req]
	handle func(context.Context, By, Req) (Res, error)
	read   reader[Req]
	Options

	compresses bool // answers, for callers who ask
}

// newServer returns the server of the operation, without who calls and what handles.
func newServer[By any, Req api.Request, Res any](op api.Operation[Req, Res], o Options) server[By, Req, Res] {
	return server[By, Req, Res]{op: op, read: newReader[Req](), Options: o.withDefaults(), compresses: !api.HoldsClearText(reflect.TypeFor[Res]())}
}

func (s *server[By, Req, Res]) serve(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	l := line{operation: s.op.Name, requestID: requestID(ctx, event), start: s.Now()}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		defer cancel()
	}
	response, err := s.answer(ctx, &event, &l)
	if err != nil {
		p := classify(err)
		l.fail(p, err)
		_, none := credential(&event)
		response = refusal(p, l.requestID, none == nil)
	}
	l.status = response.StatusCode
	l.end = s.Now()
	after.Response(ctx, func(ctx context.Context) { l.write(ctx, s.Log) })
	return response, nil
}

// answer goes the way of a good request. It returns at the first refusal, and notes on the line
// what it learns.
func (s *server[By, Req, Res]) answer(ctx context.Context, event *events.APIGatewayV2HTTPRequest, l *line) (response events.APIGatewayV2HTTPResponse, err error) {
	defer func() {
		if v := recover(); v != nil {
			l.stack = string(debug.Stack())
			err = fmt.Errorf("panic: %v", v)
		}
	}()
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
	if response, err = success(s.op.Status, res, l.requestID); err != nil {
		return response, err
	}
	if _, ok := any(res).(api.Document); ok {
		unchanged(event, &response)
	}
	if s.compresses {
		compress(event, &response)
	}
	return response, nil
}

// nobody is the principal of a public operation.
func nobody(event *events.APIGatewayV2HTTPRequest, l *line) auth.Principal {
	return auth.Principal{From: address(event), RequestID: l.requestID}
}

// address returns where the call came from as API Gateway saw it, "" where that is no IP address: it
// is stored with what is changed.
func address(event *events.APIGatewayV2HTTPRequest) string {
	text := event.RequestContext.HTTP.SourceIP
	if _, err := netip.ParseAddr(text); err != nil {
		return ""
	}
	return text
}

// permitted finds out which principal calls, and refuses one that lacks the permission.
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
	by.From, by.RequestID = address(event), l.requestID
	return by, nil
}

// classify makes a problem of any error. Time that ran out is nobody's mistake: the same request
// may succeed in a moment.
func classify(err error) *problem.Problem {
	if _, ok := errors.AsType[*problem.Problem](err); !ok && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return unavailable(err)
	}
	return problem.Of(err)
}

func unavailable(cause error) *problem.Problem {
	p := problem.Because(problem.Unavailable, cause, "This could not be found out in time. Try again in a moment.")
	p.RetryAfter = time.Second
	return p
}

// requestID is API Gateway's id of the request, which its access log has too, or else Lambda's.
func requestID(ctx context.Context, event events.APIGatewayV2HTTPRequest) string {
	if id := event.RequestContext.RequestID; id != "" {
		return id
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
