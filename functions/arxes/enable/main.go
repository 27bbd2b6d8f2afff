// Command enable is the Lambda behind POST /v1/arxes/{id}/enable.
package main

import (
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{arxes: arxstore.New(db), counts: countstore.New(db), now: time.Now, random: rand.Reader}
	lambdahttp.Start(api.EnableArx, callerstore.NewAuthenticator(db), h.enable)
}
