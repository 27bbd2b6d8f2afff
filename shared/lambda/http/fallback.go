package lambdahttp

import (
	"context"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// StartFallback serves requests that match no operation, and does not return. It requires no credential and
// reads no data.
func StartFallback() { environment.Start(Fallback(production()), environment.Hooks{}) }

// Fallback returns the Lambda handler of requests that match no operation. It responds with 405 and Allow
// to another method of an operation's path (RFC 9110, section 15.5.6), and with 404 to any other path. A
// response repeats nothing that was sent.
func Fallback(o Options) func(context.Context, []byte) ([]byte, error) {
	o = o.withDefaults()
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		var event struct {
			Path    string            `json:"rawPath"`
			Headers map[string]string `json:"headers"`
			Context struct {
				RequestID string `json:"requestId"`
			} `json:"requestContext"`
		}
		refused, allow := problem.New(problem.NotFound, "There is nothing at this address."), ""
		if err := jsonv2.Unmarshal(payload, &event); err != nil {
			refused = notAnEvent()
		} else if _, err := client(o.Edge, &events.APIGatewayV2HTTPRequest{Headers: event.Headers}); problem.Is(err, problem.DirectCall) {
			refused = problem.Of(err)
		} else if methods := api.Methods(event.Path); len(methods) > 0 {
			allow = strings.Join(methods, ", ")
			refused = problem.New(problem.NotAllowed, "This address supports "+allow+".")
		}
		l := line{operation: "fallback", start: o.Now()}
		l.requestID = requestID(ctx, events.APIGatewayV2HTTPRequest{RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: event.Context.RequestID}})
		response := refusal(refused, l.requestID, false)
		if allow != "" {
			response.Headers["Allow"] = allow
		}
		l.fail(refused, refused)
		l.status, l.end = response.StatusCode, o.Now()
		after.Response(ctx, func(ctx context.Context) { l.report(ctx, o) })
		return encoded(response)
	}
}
