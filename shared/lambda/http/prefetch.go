package lambdahttp

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
)

// Prefetching reads what a request needs in the same call as its caller, for an operation that stands in front of
// somebody's every request.
type Prefetching[Req, P any] struct {
	// Plan names what the request needs. The request is decoded when it is asked for the first time.
	Plan func(request func() (Req, error)) P
	// Authenticate is Authenticator's, and may read the plan in the call that reads the caller. Who calls is not known
	// until it returns, so nothing that was read may leave the function before.
	Authenticate func(ctx context.Context, credential string, plan P) (auth.Principal, error)
}

// StartPrefetching is Start for an operation whose handler takes what was prefetched.
func StartPrefetching[Req api.Request, Res, P any](op api.Operation[Req, Res], prefetching Prefetching[Req, P], handle func(context.Context, auth.Principal, Req, P) (Res, error), hooks environment.Hooks) {
	environment.Start(invocation(PrefetchingHandler(op, prefetching, handle, Options{})).Invoke, hooks)
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

// prefetched is a principal, and what was read along.
type prefetched[P any] struct {
	principal auth.Principal
	plan      P
}
