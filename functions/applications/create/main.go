// Command create is the Lambda behind POST /v1/applications.
package main

import (
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FoundingFromEnv()
	h := handler{applications: applicationstore.New(db), requests: requeststore.Open(db), now: time.Now, random: rand.Reader}
	lambdahttp.Start(api.CreateApplication, callerstore.NewAuthenticator(db), h.create)
}
