package lambdahttp

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// StartForHolder serves an operation whose permission is api.HoldKey, and does not return. Its caller is
// the holder of an access key, as passed on by the Lambda authorizer in front of the route; StartForHolder
// authenticates nothing itself.
func StartForHolder[Req api.Request, Res any](op api.Operation[Req, Res], handle func(context.Context, api.Holder, Req) (Res, error)) {
	environment.Start(invocation(HandlerForHolder(op, handle, production())).Invoke, environment.Hooks{})
}

// HandlerForHolder returns the Lambda handler of the operation, with the guarantees of Handler.
func HandlerForHolder[Req api.Request, Res any](op api.Operation[Req, Res], handle func(context.Context, api.Holder, Req) (Res, error), o Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	if op.Permission != api.HoldKey {
		panic(op.Name + ": called by principals, not by the holder of an access key: serve it with Start")
	}
	s := newServer[api.Holder](op, o)
	s.who, s.handle = holder[Req], handle
	return s.serve
}

// holder returns the caller as the authorizer passed it on. Only API Gateway can write that part of the
// event. Without an authorizer it is missing, and the request is unauthenticated.
func holder[Req any](_ context.Context, event *events.APIGatewayV2HTTPRequest, _ func() (Req, error), l *line) (api.Holder, error) {
	if by := event.RequestContext.Authorizer; by != nil {
		if h, ok := api.HolderFrom(by.Lambda); ok {
			l.principal = auth.Principal{Kind: "key", ID: h.Key.ID, Tenant: h.Tenant}
			return h, nil
		}
	}
	return api.Holder{}, problem.New(problem.Unauthenticated, "Send an access key in the header x-api-key.")
}
