// Command claims is the Lambda that Cognito invokes before it issues tokens. It adds the e-mail address and
// the tenant to access tokens.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

func main() {
	lambdalog.Redirect()
	lambda.Start(handler{lambdalog.Stdout()}.claims)
}
