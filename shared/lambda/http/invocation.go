package lambdahttp

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// invocation is a handler with the bytes of the Runtime API. It decodes the event itself: lambda.Start
// would use encoding/json, which allocates more than everything else in a request that reads no data.
type invocation func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// Invoke serves the event. It returns an error only if the response cannot be encoded.
func (serve invocation) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var sent event
	var response events.APIGatewayV2HTTPResponse
	err := jsonv2.Unmarshal(payload, &sent)
	request := sent.request()
	if err != nil {
		// Only an invocation without API Gateway gets here.
		response = refusal(notAnEvent(), requestID(ctx, request), false)
	} else if response, err = serve(ctx, request); err != nil {
		return nil, err
	}
	return encoded(response)
}

func notAnEvent() *problem.Problem {
	return problem.New(problem.Malformed, "Not an event of an API Gateway HTTP API, payload 2.0.")
}

// encoded returns the response in API Gateway's format.
func encoded(response events.APIGatewayV2HTTPResponse) ([]byte, error) {
	return jsonv2.Marshal(reply{
		Status: response.StatusCode, Headers: response.Headers, Body: response.Body, Base64: response.IsBase64Encoded,
	}, jsontext.AllowInvalidUTF8(true))
}

// event is the part of an API Gateway event (payload 2.0) that operations need. Decoding the whole event
// for the first time takes longer than the rest of a request's own work.
type event struct {
	Query   string            `json:"rawQueryString"`
	Headers map[string]string `json:"headers"`
	Path    map[string]string `json:"pathParameters"`
	Body    string            `json:"body"`
	Base64  bool              `json:"isBase64Encoded"`
	Context struct {
		RequestID string `json:"requestId"`
		HTTP      struct {
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
		Authorizer *struct {
			Lambda map[string]any `json:"lambda"`
		} `json:"authorizer"`
	} `json:"requestContext"`
}

func (e *event) request() events.APIGatewayV2HTTPRequest {
	r := events.APIGatewayV2HTTPRequest{
		RawQueryString: e.Query, Headers: e.Headers, PathParameters: e.Path, Body: e.Body, IsBase64Encoded: e.Base64,
		RequestContext: events.APIGatewayV2HTTPRequestContext{RequestID: e.Context.RequestID},
	}
	r.RequestContext.HTTP.SourceIP = e.Context.HTTP.SourceIP
	if by := e.Context.Authorizer; by != nil {
		r.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{Lambda: by.Lambda}
	}
	return r
}

// reply is an API Gateway response, payload 2.0.
type reply struct {
	Status  int               `json:"statusCode"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Base64  bool              `json:"isBase64Encoded"`
}
