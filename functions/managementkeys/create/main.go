// Command create is the Lambda behind POST /v1/management-keys.
package main

import (
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FoundingFromEnv()
	h := handler{
		managementKeys: managementkeystore.New(db), requests: requeststore.Open(db), now: time.Now, random: rand.Reader,
		// The deployment may shorten or extend the maximum lifetime.
		maxLife: table.DaysFromEnv("MAX_MANAGEMENT_KEY_DAYS", managementkeys.DefaultMaxLife),
	}
	lambdahttp.Start(api.CreateManagementKey, callerstore.NewAuthenticator(db), h.create)
}
