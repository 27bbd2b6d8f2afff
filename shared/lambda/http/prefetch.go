package lambdahttp

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
)

// Prefetching reads what a request needs in the same call as its caller. It is for operations on the
// critical path of customers' requests, such as verification.
type Prefetching[Req, P any] struct {
	// Plan returns what the request needs. Calling request decodes the request once.
	Plan func(request func() (Req, error)) P
	// Authenticate is the method of Authenticator, and may read the plan in the call that reads the caller.
	// The caller is unknown until it returns; until then nothing that was read may be returned to the
	// caller.
	Authenticate func(ctx context.Context, credential string, plan P) (auth.Principal, error)
}

// StartPrefetching is Start for an operation whose handler receives what was prefetched.
func StartPrefetching[Req api.Request, Res, P any](op api.Operation[Req, Res], prefetching Prefetching[Req, P], handle func(context.Context, auth.Principal, Req, P) (Res, error), hooks environment.Hooks) {
	o := production()
	environment.Start(invocation(PrefetchingHandler(op, prefetching, handle, o)).Invoke, hooks.Ending(o.Metrics.Write))
}

// PrefetchingHandler is Handler for StartPrefetching.
func PrefetchingHandler[Req api.Request, Res, P any](op api.Operation[Req, Res], prefetching Prefetching[Req, P], handle func(context.Context, auth.Principal, Req, P) (Res, error), o Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	mustServePrincipals(op.Name, op.Permission, prefetching.Authenticate == nil)
	s := newServer[prefetched[P]](op, o)
	s.who = func(ctx context.Context, event *events.APIGatewayV2HTTPRequest, request func() (Req, error), l *line) (prefetched[P], error) {
		plan := prefetching.Plan(request)
		by, err := permitted(ctx, event, l, op.Permission, func(ctx context.Context, credential string) (auth.Principal, error) {
			return prefetching.Authenticate(ctx, credential, plan)
		})
		return prefetched[P]{by, plan}, err
	}
	s.handle = func(ctx context.Context, by prefetched[P], req Req) (Res, error) {
		return handle(ctx, by.principal, req, by.plan)
	}
	return s.serve
}

// prefetched is a principal and the data read with it.
type prefetched[P any] struct {
	principal auth.Principal
	plan      P
}
