// Command check is the Lambda behind ANY /v1/check/{arx_id} and /v1/check/{arx_id}/{path+}.
package main

import (
	"github.com/arxkeys/arxkeys/functions/internal/verifying"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

func main() {
	db, connected := table.ConnectingFromEnv()
	keys := verification.FromEnv(db)
	h := handler{callers: callerstore.NewAuthenticator(db), keys: keys}
	// End writes the counted uses before the environment is removed.
	lambdahttp.StartCheck(api.Check, verifying.Prefetching(h.callers, h.keys), h.verify, environment.Hooks{BeforeFirst: connected, OnShutdown: keys.End})
}
