// Command verify is the Lambda behind POST /v1/keys/verify.
package main

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambdahttp"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	gates := gatestore.New(db, table.DurationFromEnv("GATE_TTL", gatestore.DefaultTTL))
	h := handler{keys: keystore.New(db), gates: gates, now: time.Now}
	lambdahttp.Start(api.VerifyKey, managementkeystore.Authenticator(db), h.verify)
}
