// Command audit is the Lambda behind GET /v1/audit.
package main

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{events: auditstore.New(db)}
	lambdahttp.Start(api.ListEvents, callerstore.NewAuthenticator(db), h.list)
}
