// Package authorizer serves a decision about access keys as a Lambda authorizer of Amazon API Gateway: of an HTTP
// API (payload 2.0, simple response), or of a REST API (REQUEST, IAM policy). Which of the two asks is seen from the
// event.
//
// It allows only what was decided to be allowed. What is refused is refused in the API's own way; whatever could not be
// decided, also an event of another kind, is an error, for which API Gateway answers 500.
package authorizer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// margin is how long before Lambda ends the invocation the decision's context ends.
const margin = 500 * time.Millisecond

// Question is what API Gateway asks: whether who presented the key may have the route.
type Question struct {
	Route   string // as API Gateway names it: "GET /pets/{id}", or $default of an HTTP API
	Key     string // as it was presented; never empty
	Address string // of who presented it, as API Gateway saw it: never what a header claims
	Origin  string // header of that name; empty where there is none
}

// Answer is what was decided. The zero Answer refuses.
type Answer struct {
	Allow   bool
	Code    string            // why, for the log
	KeyID   string            // of a known key; needed to allow
	Tenant  string            // of a known key, for the log
	Context map[string]string // handed on to what the API protects, where it is allowed
}

// Decide answers a question. An error means that it could not be decided.
type Decide func(context.Context, Question) (Answer, error)

// Options say how an authorizer is. Log and Now are what a test holds still.
type Options struct {
	Name     string       // in the log
	PerRoute bool         // the answer depends on the route: then none may be used for another one
	Log      *slog.Logger // where the line of each request goes; lambdalog.Stdout where nil
	Now      func() time.Time
}

// Start serves the decision and does not return. It is what the main of an authorizer ends with.
func Start(o Options, decide Decide, hooks environment.Hooks) {
	environment.Start(Handler(o, decide).Invoke, hooks)
}

// Handler returns the Lambda handler, which decodes the events itself. It does not panic.
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

// errUnauthorized is the one error that a REST API answers with 401. Its text is the contract,
// capital and all.
var errUnauthorized = errors.New("Unauthorized")

// errUndecided is all that API Gateway is told of any other. The log has the cause.
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
	after.Response(ctx, func(ctx context.Context) { l.write(ctx, a.Log) })
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
	key, why := r.headers.key()
	if why != "" {
		l.answer = Answer{Code: why}
		return r.nobody()
	}
	decided, err := a.decide(ctx, Question{Route: r.route, Key: key, Address: r.address, Origin: r.headers.origin()})
	if err == nil && decided.Allow && decided.KeyID == "" {
		err = errors.New("it was allowed to nobody")
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
