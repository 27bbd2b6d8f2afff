// Command whoami is the Lambda behind GET /v1/whoami.
package main

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

func main() { lambdahttp.StartForHolder(api.WhoAmI, get) }
