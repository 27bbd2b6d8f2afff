// Command delete is the Lambda behind DELETE /v1/arxes/{id}.
package main

import (
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{arxes: arxstore.New(db), keys: keystore.New(db), counts: countstore.New(db), now: time.Now, random: rand.Reader, delay: gatestore.TTL()}
	lambdahttp.Start(api.DeleteArx, callerstore.NewAuthenticator(db), h.delete)
}
