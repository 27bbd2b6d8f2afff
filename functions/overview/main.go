// Command overview is the Lambda behind GET /v1/overview.
package main

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{keys: keystore.New(db), counts: countstore.New(db), events: auditstore.New(db), now: time.Now}
	lambdahttp.Start(api.GetOverview, callerstore.NewAuthenticator(db), h.get)
}
