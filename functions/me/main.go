// Command me is the Lambda behind GET /v1/me.
package main

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	lambdahttp.Start(api.GetMe, callerstore.NewAuthenticator(table.FromEnv()), get)
}
