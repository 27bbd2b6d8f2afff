// Command get is the Lambda behind GET /v1/applications/{id}.
package main

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
)

func main() {
	db := table.FromEnv()
	h := handler{applications: applicationstore.New(db), counts: countstore.New(db), uses: usestore.New(db), now: time.Now}
	lambdahttp.Start(api.GetApplication, callerstore.NewAuthenticator(db), h.get)
}
