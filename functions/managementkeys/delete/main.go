// Command delete is the Lambda behind DELETE /v1/management-keys/{id}.
package main

import (
	"crypto/rand"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

func main() {
	db := table.FromEnv()
	h := handler{managementKeys: managementkeystore.New(db), now: time.Now, random: rand.Reader, delay: callerstore.TTL()}
	lambdahttp.Start(api.DeleteManagementKey, callerstore.NewAuthenticator(db), h.delete)
}
