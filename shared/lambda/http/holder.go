package lambdahttp

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// StartForHolder serves an operation whose permission is api.HoldKey, and does not return. Its caller is the holder of
// an access key, as the Lambda authorizer before its route hands them on: nothing is authenticated here.
func StartForHolder[Req api.Request, Res any](op api.Operation[Req, Res], handle func(context.Context, api.Holder, Req) (Res, error)) {
	environment.Start(invocation(HandlerForHolder(op, handle, Options{})).Invoke, environment.Hooks{})
}

// HandlerForHolder returns the Lambda handler of the operation. What Handler promises, it promises too.
func HandlerForHolder[Req api.Request, Res any](op api.Operation[Req, Res], handle func(context.Context, api.Holder, Req) (Res, error), o Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	if op.Permission != api.HoldKey {
		panic(op.Name + ": called by principals, and not by whoever holds an access key: serve it with Start")
	}
	s := newServer[api.Holder](op, o)
	s.who, s.handle = holder[Req], handle
	return s.serve
}

// holder returns who the authorizer found out. API Gateway writes that part of the event, and nobody else can; without
// an authorizer it writes none, and then nobody calls.
func holder[Req any](_ context.Context, event *events.APIGatewayV2HTTPRequest, _ func() (Req, error), l *line) (api.Holder, error) {
	if by := event.RequestContext.Authorizer; by != nil {
		if h, ok := api.HolderFrom(by.Lambda); ok {
			l.principal = auth.Principal{Kind: "key", ID: h.Key.ID, Tenant: h.Tenant}
			return h, nil
		}
	}
	return api.Holder{}, problem.New(problem.Unauthenticated, "Send an access key in the header x-api-key.")
}
