// Command hello is the hello-world function of the SAM CLI for Go behind API Gateway: an event and a response.
package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func handler(_ context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: fmt.Sprintf("Hello, %s!\n", request.RequestContext.HTTP.SourceIP)}, nil
}

func main() { lambda.Start(handler) }
