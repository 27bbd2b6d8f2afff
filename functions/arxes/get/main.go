// Command get is the Lambda behind GET /v1/arxes/{id}.
package main

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
)

func main() {
	db := table.FromEnv()
	h := handler{arxes: arxstore.New(db), counts: countstore.New(db), uses: usestore.New(db), now: time.Now}
	lambdahttp.Start(api.GetArx, callerstore.NewAuthenticator(db), h.get)
}
