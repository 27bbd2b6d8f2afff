// Command nothing is a Lambda function that does nothing: the minimum cost of a function in Go.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

type handler struct{}

// Invoke always returns the same response.
func (handler) Invoke(context.Context, []byte) ([]byte, error) {
	return []byte(`{"statusCode": 200, "body": "{}"}`), nil
}

func main() { lambda.Start(handler{}) }
