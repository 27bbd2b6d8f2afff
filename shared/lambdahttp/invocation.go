package lambdahttp

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// invocation is a handler as the Runtime API calls it, with bytes. It decodes the event itself:
// lambda.Start would do so by encoding/json, which allocates more than all the rest of a request
// that reads no data.
type invocation func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// Invoke serves the event. It returns an error only where an answer of ours can't be encoded.
func (serve invocation) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event events.APIGatewayV2HTTPRequest
	var response events.APIGatewayV2HTTPResponse
	if err := jsonv2.Unmarshal(payload, &event); err != nil {
		// Only somebody who invokes the function without API Gateway gets here.
		response = refusal(problem.New(problem.Malformed, "Not an event of an API Gateway HTTP API, payload 2.0."), requestID(ctx, event))
	} else if response, err = serve(ctx, event); err != nil {
		return nil, err
	}
	return jsonv2.Marshal(reply{
		Status: response.StatusCode, Headers: response.Headers, Body: response.Body,
	}, jsontext.AllowInvalidUTF8(true))
}

// reply is what API Gateway reads of an answer, payload 2.0.
type reply struct {
	Status  int               `json:"statusCode"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}
