// Command pets is the Lambda function of the pets API behind API Gateway. The authorizer has verified the access key.
package main

import (
	"encoding/json"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// request is the part of an event that the function reads. An HTTP API passes what the authorizer returned in the field
// lambda, a REST API passes it without that field.
type request struct {
	RequestContext struct {
		Authorizer struct {
			caller
			Lambda caller `json:"lambda"`
		} `json:"authorizer"`
	} `json:"requestContext"`
}

type caller struct {
	Application string `json:"application_name"`
}

func main() { lambda.Start(handle) }

func handle(r request) (events.APIGatewayProxyResponse, error) {
	application := r.RequestContext.Authorizer.Lambda.Application
	if application == "" {
		application = r.RequestContext.Authorizer.Application
	}
	body, err := json.Marshal(map[string]any{"pets": []string{"Tom", "Rex"}, "application": application})
	response := events.APIGatewayProxyResponse{StatusCode: 200, Headers: map[string]string{"Content-Type": "application/json"}, Body: string(body)}
	if origin := os.Getenv("ORIGIN"); origin != "" {
		response.Headers["Access-Control-Allow-Origin"] = origin
	}
	return response, err
}
