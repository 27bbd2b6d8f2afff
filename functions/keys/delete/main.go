// Command delete is the Lambda behind DELETE /v1/keys/{id}.
package main

import (
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{keys: keystore.New(db), now: time.Now, random: rand.Reader}
	lambdahttp.Start(api.DeleteKey, callerstore.NewAuthenticator(db), h.delete)
}
