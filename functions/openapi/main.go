// Command openapi is the Lambda behind GET /v1/openapi.json.
package main

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

func main() {
	lambdahttp.Start(api.GetOpenAPI, nil, document)
}
