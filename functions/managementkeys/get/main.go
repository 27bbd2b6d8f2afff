// Command get is the Lambda behind GET /v1/management-keys/{id}.
package main

import (
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{managementKeys: managementkeystore.New(db), now: time.Now}
	lambdahttp.Start(api.GetManagementKey, callerstore.NewAuthenticator(db), h.get)
}
