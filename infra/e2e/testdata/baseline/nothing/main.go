// Command nothing is a Lambda that does nothing and reads nothing: the least that a function in Go costs.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

type handler struct{}

// Invoke answers always the same.
func (handler) Invoke(context.Context, []byte) ([]byte, error) {
	return []byte(`{"statusCode": 200, "body": "{}"}`), nil
}

func main() { lambda.Start(handler{}) }
