// Command openapi is the Lambda behind GET /v1/openapi.json.
package main

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

func main() {
	// No authenticator: the operation is public.
	lambdahttp.Start(api.GetOpenAPI, nil, document)
}
