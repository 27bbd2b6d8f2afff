// Command update is the Lambda behind PATCH /v1/applications/{id}.
package main

import (
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{applications: applicationstore.New(db), counts: countstore.New(db), now: time.Now, random: rand.Reader}
	lambdahttp.Start(api.UpdateApplication, callerstore.NewAuthenticator(db), h.update)
}
