// Package authorizer serves a decision about access keys as a Lambda authorizer of Amazon API Gateway, for
// an HTTP API (payload 2.0, simple response) or a REST API (REQUEST, IAM policy). It recognizes the kind of
// API from the event.
//
// It allows a request only if the decision does. It refuses in the format of the API. If no decision is
// possible, for instance because the event is of another kind, it returns an error, for which API Gateway
// responds with 500.
package authorizer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
)

// margin is how long before Lambda's deadline the decision's context ends.
const margin = 500 * time.Millisecond

// Question is what API Gateway asks: may the client that presented the key call the route?
type Question struct {
	Route   string // in API Gateway's format: "GET /pets/{id}", or $default for an HTTP API
	Key     string // as presented; never empty
	Address string // of the client, as API Gateway or the edge saw it
	Origin  string // the Origin header; optional
}

// Answer is a decision. The zero Answer refuses.
type Answer struct {
	Allow   bool
	Code    string            // reason, for the log
	KeyID   string            // of a known key; required to allow
	Tenant  string            // of a known key, for the log
	Context map[string]string // passed to the integration if allowed
}

// Decide answers a question. An error means that no decision was possible.
type Decide func(context.Context, Question) (Answer, error)

// Options configure an authorizer. Tests set Log and Now.
type Options struct {
	Name     string       // in the log
	PerRoute bool         // the answer depends on the route and must not be reused for another one
	Log      *slog.Logger // for one line per request; nil means lambdalog.Stdout
	Now      func() time.Time
	Edge     edge.Edge         // tells the client's address; Start reads it from the environment
	Metrics  *metrics.Recorder // counts requests; nil counts nothing; Start sets it
}

// Start serves the decision and does not return. An authorizer's main calls it last.
func Start(o Options, decide Decide, hooks environment.Hooks) {
	o.Edge, o.Metrics = edge.FromEnv(), metrics.FromEnv()
	environment.Start(Handler(o, decide).Invoke, hooks.Ending(o.Metrics.Write))
}

// Handler returns the Lambda handler. It decodes the events itself, and does not panic.
func Handler(o Options, decide Decide) lambda.Handler {
	if o.Log == nil {
		o.Log = lambdalog.Stdout()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &authorizer{o, decide}
}

type authorizer struct {
	Options
	decide Decide
}

// directCall is the reason for refusing a request that did not come through the edge.
const directCall = "DIRECT_CALL"

// errUnauthorized is the only error for which a REST API responds with 401. API Gateway matches its exact
// text, including the capital.
var errUnauthorized = errors.New("Unauthorized")

// errUndecided is returned to API Gateway for any other error. The log contains the cause.
var errUndecided = errors.New("could not be decided")

// Invoke serves an event.
func (a *authorizer) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	l := line{name: a.Name, start: a.Now()}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		defer cancel()
	}
	answer, err := a.answer(ctx, payload, &l)
	l.end = a.Now()
	after.Response(ctx, func(ctx context.Context) { l.report(ctx, a.Options) })
	return answer, err
}

func (a *authorizer) answer(ctx context.Context, payload []byte, l *line) (answer []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			l.cause = fmt.Errorf("panic: %v", v)
			answer, err = nil, errUndecided
		}
	}()
	r, err := recognise(payload)
	if err != nil {
		l.cause = err
		return nil, errUndecided
	}
	l.requestID = r.requestID
	if a.PerRoute {
		if l.cause = r.servesOtherRoutes(); l.cause != nil {
			return nil, errUndecided
		}
	}
	address, err := a.Edge.Client(r.headers.all, r.source)
	if errors.Is(err, edge.ErrDirect) {
		l.answer = Answer{Code: directCall}
		return r.encode(l.answer, a.PerRoute)
	}
	if err != nil {
		l.cause = err
		return nil, errUndecided
	}
	key, why := r.headers.key()
	if why != "" {
		l.answer = Answer{Code: why}
		return r.nobody()
	}
	decided, err := a.decide(ctx, Question{Route: r.route, Key: key, Address: address, Origin: r.headers.origin()})
	if err == nil && decided.Allow && decided.KeyID == "" {
		err = errors.New("allowed without a key id")
	}
	if err != nil {
		l.cause = err
		return nil, errUndecided
	}
	if decided.Allow && a.PerRoute && !r.exact() {
		decided = Answer{Code: "PATH_NOT_EXACT", KeyID: decided.KeyID, Tenant: decided.Tenant}
	}
	l.answer = decided
	return r.encode(decided, a.PerRoute)
}
