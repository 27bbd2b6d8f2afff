// Command list is the Lambda behind GET /v1/keys.
package main

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{keys: keystore.New(db), now: time.Now}
	lambdahttp.Start(api.ListKeys, callerstore.NewAuthenticator(db), h.list)
}
